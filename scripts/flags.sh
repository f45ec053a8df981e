# Sourced by the other scripts: the flags every build gets, so that none starts from nothing.
# The check refuses an import the manifest does not declare; a plain build would accept it.
# shellcheck shell=bash disable=SC2034 # used where it is sourced
flags=(--explicit-target-dependency-import-check error)

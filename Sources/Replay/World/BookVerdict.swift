import PlatformSimulator

/// The simulator's word on a refusal; `Verdict` alone could as well be a rule set's.
///
/// The simulator's module can't be named, since its main type has the same name: so this file
/// imports nothing else.
typealias BookVerdict = Verdict

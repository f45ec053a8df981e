// `make bench`: what the design promises, measured on this machine. Figures are ratios where they
// can be; absolute times are this machine's.

measureMatching()
try await measurePageCommit()

// `make bench`: what the design promises, measured on this machine. Figures are ratios where they
// can be; absolute times are this machine's.
//
// Arguments choose: matching, similarity, check, route, store, dispatch, callback, replay, simulator,
// end-to-end. None means all.

let chosen = Set(CommandLine.arguments.dropFirst())

/// Whether the benchmark of this name is wanted.
func isWanted(_ name: String) -> Bool { chosen.isEmpty || chosen.contains(name) }

if isWanted("matching") { measureMatching() }
if isWanted("similarity") { try measureSimilarity() }
if isWanted("check") { measureCheck() }
if isWanted("route") { try await measureRouteAndCommit() }
if isWanted("store") { try await measurePageCommit() }
if isWanted("dispatch") { measureDispatch() }
if isWanted("replay") { try measureReplay() }
if isWanted("callback") { try measureCallback() }
if isWanted("simulator") { try await measureSimulator() }
if isWanted("end-to-end") { try await measureEndToEnd() }

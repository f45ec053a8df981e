import ChatModel
import SessionMachine
import Testing

/// Long random histories, judged by a second, much simpler model of the platform.
///
/// The model keeps what the platform would keep and nothing else; it is written from wecom-kf
/// reference §7, §9.2 and §10 and shares no code with the machine. Time never runs backwards here:
/// what is late is the business of `ObservationTests`.
@Suite struct RandomWalkTests {
    /// What the platform knows of one session; state 3 without saying who.
    struct Platform {
        var state = 4
        var began: Int64 = 0
        var lastWrote: Int64?
        var sent = 0
        var codes: [String: (scene: String, at: Int64)] = [:]

        mutating func tick(_ now: Int64) {
            if state != 4, now - began >= 172_800_000 { state = 4 }
        }

        mutating func begin(_ state: Int, _ now: Int64) {
            if self.state == 4 {
                began = now
                codes = codes.filter { $0.value.scene == "welcome" || $0.value.scene == "ended" }
            }
            self.state = state
        }

        func accepts(_ code: String, isMenu: Bool, _ now: Int64) -> Bool {
            guard let (scene, at) = codes[code] else { return false }
            switch scene {
            case "welcome": return now - at <= 18_000
            case "ended": return now - at <= 18_000 && state == 4
            case "queued": return now - at <= 172_798_000 && state == 2 && !isMenu
            default: return now - at <= 172_798_000 && state == 3 && !isMenu
            }
        }

        mutating func hand(_ code: String, _ scene: String, _ now: Int64) {
            codes = codes.filter { $0.value.scene != scene }
            codes[code] = (scene, now)
        }
    }

    @Test(arguments: [1, 2, 3, 5, 8, 13, 21, 34] as [UInt64])
    func agreesWithThePlatform(seed: UInt64) {
        var dice = SplitMix(state: seed)
        var (machine, platform) = (SessionMachine(), Platform())
        var now = noon.milliseconds
        var issued: [String] = []
        var (speeches, refusals, hasSpentBudget) = (0, 0, false)

        for turn in 0..<4000 {
            // Mostly seconds, now and then a day: both the 20 s and the 48 h are met often.
            now += [0, 1000, 3000, 9000, 18_000, 18_001, 600_000, 86_400_000][dice.roll(8)]
            let time = Timestamp(milliseconds: now)
            let here = Comment("seed \(seed), turn \(turn), state \(platform.state)")
            platform.tick(now)
            machine.observed(.sessionExpired, at: time)
            #expect(machine.state.number == platform.state, here)

            let code = "c\(turn)"
            switch dice.roll(14) {
            case 0, 1:
                if platform.state == 4 { platform.begin(0, now) }
                (platform.lastWrote, platform.sent) = (now, 0)
                machine.observed(.customerWrote(pendingSends: 0), at: time)
            case 2:
                platform.hand(code, "welcome", now)
                machine.observed(.entered(code: EventCode(code)), at: time)
                issued.append(code)
            case 3, 8, 9, 10, 11:
                let isAllowed =
                    platform.state <= 1 && platform.sent < 5
                    && platform.lastWrote.map { now - $0 < 172_800_000 } ?? false
                #expect((machine.refusalOfSending(at: time) == nil) == isAllowed, here)
                guard isAllowed else {
                    refusals += 1
                    hasSpentBudget = hasSpentBudget || platform.sent == 5 && platform.state == 1
                    continue
                }
                speeches += 1
                platform.sent += 1
                platform.state = 1
                // Sent within the same second as a message, it may count against the next one:
                // wait until the second is over, as the platform's own clock would have.
                now = (now / 1000 + 1) * 1000
                machine.orderedSend(at: time)
                machine.observed(.sendAccepted, at: time)
            case 4:
                let (target, number, scene): (SessionTarget, Int, String?) =
                    [
                        (.assistant, 1, nil), (.pool, 2, "queued"),
                        (.human(dice.roll(2) == 0 ? anna : bert), 3, "assigned"),
                        (.ended, 4, "ended"),
                    ][dice.roll(4)]
                let isForward = platform.state < number && platform.state != 4
                let isSideways = platform.state == 3 && number == 3
                let answer = machine.answer(to: target)
                if platform.state == number, !isSideways {
                    #expect(answer == .alreadyThere, here)
                } else if isForward {
                    #expect(answer == .call, here)
                } else if !isSideways {
                    #expect(answer != .call && answer != .alreadyThere, here)
                }
                guard answer == .call else { refusals += 1; continue }
                platform.state = number
                if let scene { platform.hand(code, scene, now) }
                machine.commanded(target, code: scene.map { _ in EventCode(code) }, at: time)
                issued.append(code)
            case 5 where platform.state == 2:
                platform.state = 3
                platform.hand(code, "assigned", now)
                machine.observed(
                    .sessionChanged(.pickedUp(by: anna, code: EventCode(code))), at: time)
                issued.append(code)
            case 6 where platform.state == 3:
                platform.state = 4
                platform.hand(code, "ended", now)
                machine.observed(
                    .sessionChanged(.ended(by: nil, code: EventCode(code))), at: time)
                issued.append(code)
            case 7:
                platform.begin(3, now)
                machine.observed(.servicerWrote(bert), at: time)
            default:
                guard let code = issued.suffix(6).randomElement(using: &dice) else { continue }
                let isMenu = dice.roll(2) == 0
                let refusal = machine.refusal(
                    ofSending: isMenu ? menu : words, with: EventCode(code), at: time)
                #expect((refusal == nil) == platform.accepts(code, isMenu: isMenu, now), here)
                guard refusal == nil else { refusals += 1; continue }
                speeches += 1
                platform.codes[code] = nil
                machine.orderedSend(with: EventCode(code))
            }
            #expect(machine.state.number == platform.state, here)
            #expect(machine.codes.entries.count <= CodeScene.allCases.count, here)
            if machine.state.number != platform.state { return }
        }
        // A walk that hardly spoke, or was hardly refused, has tested nothing.
        #expect(speeches > 200 && refusals > 200, "\(speeches) sent, \(refusals) refused")
        #expect(hasSpentBudget, "seed \(seed) never spent the budget")
    }
}

/// SplitMix64: small, seeded and the same on every machine.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A number in `0..<sides`.
    mutating func roll(_ sides: Int) -> Int { Int(next() % UInt64(sides)) }
}

import CallbackCrypto
import ChatModel
import Foundation
import Synchronization
import Testing
import WebServer

/// Callbacks, genuine and hostile, over real sockets.
@Suite struct CallbackTests {
    let world: World

    init() throws { world = try World() }

    // MARK: - Genuine

    @Test func echoesTheExactBytes() async throws {
        try await world.serve { port in
            for message in ["8412345678901234567", "密文 <&>\n\u{FEFF}", ""] {
                let sealed = try world.sealed(message)
                let answer = try await world.get(
                    port, "/callback/shop?\(sealed.verificationQuery)")
                #expect(answer.status == 200)
                #expect(Array(answer.text.utf8) == Array(message.utf8))
            }
        }
        #expect(world.notices(of: "shop").isEmpty)
    }

    @Test func repairsPlusSignsThatBecameSpaces() async throws {
        try await world.serve { port in
            for number in 0..<20 {
                let sealed = try world.sealed("echo", nonce: "\(number)")
                let spaced = sealed.encrypted.replacing("+", with: "%20")
                let raw = sealed.encrypted.replacing("=", with: "%3D")
                for echo in [spaced, raw] {
                    let answer = try await world.get(
                        port, "/callback/shop?\(sealed.query)&echostr=\(echo)")
                    #expect(answer == Answer(200, "echo"))
                }
            }
        }
    }

    @Test func deliversNews() async throws {
        try await world.serve { port in
            let answer = try await world.post(port, try world.sealed(World.news()))
            #expect(answer == Answer(200, "success"))
        }
        #expect(
            world.notices(of: "shop") == [
                CallbackNotice(
                    account: "wkDEMO0000000000000001", token: "T1",
                    createdAt: Timestamp(seconds: 1_700_000_000))
            ])
        #expect(world.log.refusals.isEmpty)
    }

    @Test func theReferenceVectorIsAnswered() async throws {
        // wecom-kf reference §3.7, POST vector F.
        let key = try CallbackKey(
            token: "kfDemoToken2024", encodingAESKey: "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt",
            receiveID: "ww1436e0e65a779aee")
        let message =
            "<xml><ToUserName><![CDATA[ww1436e0e65a779aee]]></ToUserName>"
            + "<CreateTime>1700000000</CreateTime><MsgType><![CDATA[event]]></MsgType>"
            + "<Event><![CDATA[kf_msg_or_event]]></Event>"
            + "<Token><![CDATA[ENC-demo-token-0001]]></Token>"
            + "<OpenKfId><![CDATA[wkDEMO0000000000000001]]></OpenKfId></xml>"
        let sealed = try world.sealed(
            message, by: key, timestamp: Timestamp(seconds: 1_700_000_001))
        #expect(sealed.signature == "8de46a2a9fdc6a05f133f2a7d22033492f54b28b")
    }

    @Test func severalAppsShareOnePort() async throws {
        try await world.serve { port in
            let shop = try world.sealed(World.news(account: "wkA"))
            let help = try world.sealed(World.news(account: "wkB"), by: world.help)
            let path = "%E5%AE%A2%E6%9C%8D%202"
            #expect(try await world.post(port, shop).status == 200)
            #expect(try await world.post(port, help, to: path).status == 200)
            // One app's callback is nothing to the other.
            #expect(try await world.post(port, help).status == 400)
            #expect(try await world.post(port, shop, to: path).status == 400)
        }
        #expect(world.notices(of: "shop").map(\.account) == ["wkA"])
        #expect(world.notices(of: "客服 2").map(\.account) == ["wkB"])
    }

    @Test func eventsWithoutNewsAreAnsweredAndNamed() async throws {
        try await world.serve { port in
            let message =
                "<xml><CreateTime>1700000000</CreateTime><Event>change_contact</Event></xml>"
            let sealed = try world.sealed(message)
            #expect(try await world.post(port, sealed).status == 200)
            #expect(
                world.log.all.contains("callback without news app=shop event=change_contact"))
        }
        #expect(world.notices(of: "shop").isEmpty)
    }

    @Test func accountsGrantedAndWithdrawnAreTold() async throws {
        try await world.serve { port in
            let message =
                "<xml><CreateTime>1700000000</CreateTime><Event>kf_account_auth_change</Event>"
                + "<AuthAddOpenKfId>wkA</AuthAddOpenKfId><AuthAddOpenKfId>wkB</AuthAddOpenKfId>"
                + "<AuthDelOpenKfId>wkC</AuthDelOpenKfId></xml>"
            let sealed = try world.sealed(message)
            #expect(try await world.post(port, sealed).status == 200)
        }
        #expect(world.notices(of: "shop").isEmpty)
        #expect(
            world.grants.withLock { $0 } == [
                CallbackGrants(granted: ["wkA", "wkB"], withdrawn: ["wkC"])
            ])
    }

    // MARK: - Replays

    @Test func aRepeatedCallbackHasNoEffect() async throws {
        try await world.serve { port in
            let sealed = try world.sealed(World.news())
            for _ in 0..<4 {
                #expect(try await world.post(port, sealed).status == 200)
            }
            // The same news sealed anew is another callback.
            let other = try world.sealed(World.news(token: "T2"), nonce: "1")
            #expect(try await world.post(port, other).status == 200)
            #expect(world.notices(of: "shop").count == 2)
            // A copy is recognised only after its signature was verified.
            let answer = try await world.post(
                port, sealed.query, other.xml(toUserName: "ww1"))
            #expect(answer.status == 400)
        }
    }

    @Test func oldAndFutureCallbacksAreRefused() async throws {
        try await world.serve { port in
            for seconds in [-601, 601, -86_400, 86_400] as [Int64] {
                let time = World.start + .seconds(seconds)
                let sealed = try world.sealed(World.news(), timestamp: time)
                #expect(try await world.post(port, sealed).status == 400)
                let echo = try await world.get(port, "/callback/shop?\(sealed.verificationQuery)")
                #expect(echo == Answer(400, ""))
            }
            for seconds in [-600, 600] as [Int64] {
                let time = World.start + .seconds(seconds)
                let sealed = try world.sealed(World.news(), timestamp: time)
                #expect(try await world.post(port, sealed).status == 200)
            }
            // A recorded request does not come back to life once the memory of it may be gone.
            let sealed = try world.sealed(World.news(), nonce: "old")
            #expect(try await world.post(port, sealed).status == 200)
            world.clock.withLock { $0 = $0 + .seconds(1200) }
            #expect(try await world.post(port, sealed).status == 400)
        }
        #expect(world.notices(of: "shop").count == 3)
        #expect(world.log.refusals.contains { $0.contains("check the clock") })
    }

    // MARK: - Hostile

    @Test func hostileCallbacksHearNothing() async throws {
        let good = try world.sealed(World.news())
        let wrongReceiver = try CallbackKey(
            token: "seededToken7shop",
            encodingAESKey: "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt",
            receiveID: "wwSomebodyElse")
        let wrongAESKey = try CallbackKey(
            token: "seededToken7shop",
            encodingAESKey: "cD0d7jx4tYvVtzqrmh3Dm3QFCXe6f8SlHoMtMh3qQEP",
            receiveID: "ww1436e0e65a779aee")
        func signed(_ encrypted: String) -> (String, [UInt8]) {
            let time = "\(World.start.seconds)"
            let signature = world.shop.signature(timestamp: time, nonce: "1", encrypted: encrypted)
            return (
                "msg_signature=\(signature)&timestamp=\(time)&nonce=1",
                Array("<xml><Encrypt>\(encrypted)</Encrypt></xml>".utf8)
            )
        }
        func sealed(_ envelope: SealedEnvelope) -> (String, [UInt8]) {
            (envelope.query, envelope.xml(toUserName: "ww1"))
        }
        let body = good.xml(toUserName: "ww1")
        let xml = String(decoding: body, as: UTF8.self)
        let cases: [(String, (String, [UInt8]))] = [
            ("signature", (good.query.replacing("msg_signature=", with: "msg_signature=0"), body)),
            ("signature", (good.query.replacing("nonce=", with: "nonce=0"), body)),
            ("signature", sealed(try world.sealed(World.news(), by: world.help))),
            ("aes_key", sealed(try world.sealed(World.news(), by: wrongAESKey))),
            ("receive_id", sealed(try world.sealed(World.news(), by: wrongReceiver))),
            ("ciphertext", signed(String(good.encrypted.dropLast(3)))),
            ("ciphertext", signed(String(good.encrypted.dropLast(4)))),
            ("ciphertext", signed("!!!!")),
            ("aes_key", signed(Data(repeating: 9, count: 64).base64EncodedString())),
            ("envelope", (good.query, Array(("<!DOCTYPE xml>" + xml).utf8))),
            (
                "envelope",
                (
                    good.query,
                    Array(("<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>" + xml).utf8)
                )
            ),
            ("envelope", (good.query, [])),
            ("envelope", (good.query, Array("{}".utf8))),
            ("envelope", (good.query, [0xFF, 0xFE, 0x00])),
            ("envelope", (good.query, Array(xml.dropLast(7).utf8))),
            ("event", sealed(try world.sealed("not XML"))),
            ("event", sealed(try world.sealed("<!DOCTYPE xml>" + World.news()))),
            ("event", sealed(try world.sealed("<xml><Event>kf_msg_or_event</Event></xml>"))),
            ("parameter", ("", body)),
            ("parameter", ("msg_signature=\(good.signature)&nonce=998877", body)),
            ("parameter", (good.query + "&nonce=998877", body)),
            ("parameter", (good.query.replacing("nonce=998877", with: "nonce="), body)),
        ]
        for (cause, (query, body)) in cases {
            let world = try World()
            try await world.serve { port in
                let answer = try await world.post(port, query, body)
                #expect(answer == Answer(400, ""), "\(cause) \(query)")
                #expect(world.log.refusals.count == 1)
                #expect(world.log.refusals.first?.contains("cause=\(cause) ") == true)
            }
            #expect(world.notices(of: "shop").isEmpty)
        }
    }

    @Test func hostileVerificationsHearNothing() async throws {
        try await world.serve { port in
            let sealed = try world.sealed("8412345678901234567")
            let queries = [
                "", sealed.query, sealed.query + "&echostr=",
                sealed.verificationQuery.replacing("nonce=", with: "nonce=0"),
                sealed.verificationQuery + "A",
            ]
            for query in queries {
                let answer = try await world.get(port, "/callback/shop?\(query)")
                #expect(answer == Answer(400, ""), "\(query)")
            }
        }
    }

    @Test func unknownAppsAndWrongMethods() async throws {
        try await world.serve { port in
            let sealed = try world.sealed(World.news())
            for app in ["nobody", "SHOP", "shop%2F", "%00", "shop/more", ""] {
                #expect(try await world.post(port, sealed, to: app) == Answer(404, ""), "\(app)")
            }
            for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"] {
                let connection = try RawConnection(port: port)
                connection.send(
                    "\(method) /callback/shop HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                let answer = await connection.readToEnd()
                #expect(answer.hasPrefix("HTTP/1.1 405 "), "\(method)")
            }
            let connection = try RawConnection(port: port)
            connection.send(
                "PUT /callback/nobody HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            let answer = await connection.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 404 "))
        }
    }

    @Test func bodiesAreBounded() async throws {
        try await world.serve { port in
            let query = try world.sealed(World.news()).query
            let tooLarge = [UInt8](repeating: 97, count: (1 << 20) + 1)
            #expect(try await world.post(port, query, tooLarge) == Answer(413, ""))
            let fits = [UInt8](repeating: 97, count: 1 << 20)
            #expect(try await world.post(port, query, fits) == Answer(400, ""))
            // Without a Content-Length the bytes are counted as they come.
            let connection = try RawConnection(port: port)
            connection.send(
                "POST /callback/shop?\(query) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n")
            let chunk = "10000\r\n\(String(repeating: "a", count: 1 << 16))\r\n"
            await connection.flood(chunk, times: 17)
            connection.send("0\r\n\r\n")
            let answer = await connection.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 413 "))
        }
    }

    @Test func theLogIsBoundedAndSaysWhatToDo() async throws {
        try await world.serve { port in
            let query = try world.sealed(World.news()).query + "0"
            let body = try world.sealed(World.news()).xml(toUserName: "SECRETWORDS")
            for _ in 0..<50 { _ = try await world.post(port, query, body) }
            #expect(world.log.refusals.count == 1)
            world.clock.withLock { $0 = $0 + .seconds(61) }
            _ = try await world.post(port, query, body)
            #expect(world.log.refusals.count == 2)
            #expect(world.log.refusals.last?.contains("unlogged_before=49") == true)
            #expect(world.log.refusals.last?.contains("token differs") == true)
        }
        for line in world.log.all {
            for secret in ["SECRETWORDS", "seededToken7", "6qkdMrq68n", "msg_signature="] {
                #expect(!line.contains(secret), "\(line)")
            }
        }
    }
}

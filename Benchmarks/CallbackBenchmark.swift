import CallbackCrypto
import Foundation

/// What opening one callback costs: signature, AES-256-CBC, padding, receive id and XML.
func measureCallback() throws {
    let key = try CallbackKey(
        token: "benchToken", encodingAESKey: "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt",
        receiveID: "ww0000demo00000001")
    let message = """
        <xml><ToUserName><![CDATA[ww0000demo00000001]]></ToUserName><CreateTime>1700000000\
        </CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[kf_msg_or_event]]></Event>\
        <Token><![CDATA[ENC-demo-token-0001]]></Token>\
        <OpenKfId><![CDATA[wkDEMO0000000000000001]]></OpenKfId></xml>
        """
    let sealed = try key.seal(
        message: Array(message.utf8), random16: Array("0123456789abcdef".utf8),
        timestamp: "1700000001", nonce: "998877")
    let rounds = 20_000
    let start = ContinuousClock.now
    for _ in 0..<rounds {
        let opened = try key.open(
            signature: sealed.signature, timestamp: "1700000001", nonce: "998877",
            encrypted: sealed.encrypted)
        _ = try CallbackEvent(parsing: opened)
    }
    let each = (ContinuousClock.now - start) / .microseconds(1) / Double(rounds)
    print(String(format: "callback open   %7.0f /s  %5.1f µs", 1_000_000 / each, each))
}

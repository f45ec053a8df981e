import NIOCore
import NIOHTTPTypes

/// Closes connections whose request does not arrive in time, however slowly it keeps trickling in.
///
/// A head must be complete `head` after the connection opened or the last answer ended; a body
/// `body` after its head. While an answer is under way there is no deadline. Runs on the
/// connection's event loop only.
final class RequestDeadlines: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let head: TimeAmount
    private let body: TimeAmount
    private var deadline: Scheduled<Void>?
    private var isReading = false
    private var unanswered = 0

    init(head: TimeAmount, body: TimeAmount) {
        self.head = head
        self.body = body
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { close(context, in: head) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

    func channelActive(context: ChannelHandlerContext) {
        close(context, in: head)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            unanswered += 1
            isReading = true
            close(context, in: body)
        case .body:
            break
        case .end:
            isReading = false
            deadline?.cancel()
            // Answered before it was read to its end: the next request is awaited already.
            if unanswered == 0 { close(context, in: head) }
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // The answer to garbage belongs to no request: the deadline already set goes on.
        if case .end = unwrapOutboundIn(data), unanswered > 0 {
            unanswered -= 1
            if unanswered == 0, !isReading { close(context, in: head) }
        }
        context.write(data, promise: promise)
    }

    private func close(_ context: ChannelHandlerContext, in delay: TimeAmount) {
        deadline?.cancel()
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: delay) {
            context.close(promise: nil)
        }
    }
}

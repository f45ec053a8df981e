import Boundary
import ChatModel
import GRDB
import Routing
import SessionMachine

/// A conversation as a row: scalars as columns, so that the usual row costs no JSON at all.
enum ConversationRow {
    static let upsert = """
        INSERT OR REPLACE INTO conversations (customer, state, servicer, started_at, changed_at,
            window_opened_at, window_ordered, window_ordered_at, rejects, misses, scene, last_rule,
            codes, memory, sessions, language, numbered_menu, served_by, served_until, pins,
            updated_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    /// The columns that ``conversation(_:_:)`` reads, in its order.
    static let columns = """
        conversations.customer, state, servicer, started_at, changed_at, window_opened_at,
        window_ordered, window_ordered_at, rejects, misses, conversations.scene, last_rule, codes,
        memory, sessions, language, numbered_menu, served_by, served_until
        """

    static func bind(
        _ conversation: Conversation, number: Int64, updatedAt now: Timestamp,
        to row: inout RowBinder
    ) throws {
        var servicer: String?
        if case .human(let present) = conversation.session.state { servicer = present?.rawValue }
        row.add(number)
        row.add(conversation.session.state.number)
        row.add(servicer)
        row.add(conversation.session.startedAt?.milliseconds)
        row.add(conversation.session.changedAt?.milliseconds)
        row.add(conversation.session.window.openedAt?.milliseconds)
        row.add(conversation.session.window.ordered)
        row.add(conversation.session.window.orderedAt?.milliseconds)
        row.add(conversation.session.customerRejects)
        row.add(conversation.memory.misses)
        row.add(conversation.memory.scene)
        row.add(conversation.memory.lastRule?.rawValue)
        row.add(
            conversation.session.codes == CodeLedger()
                ? nil : try JSON.text(of: conversation.session.codes))
        row.add(try rest(of: conversation.memory))
        row.add(conversation.memory.sessions)
        row.add(conversation.memory.language?.rawValue)
        row.add(conversation.memory.numberedMenu?.rawValue)
        row.add(conversation.memory.lastServed?.servicer.rawValue)
        row.add(conversation.memory.lastServed?.until.milliseconds)
        row.add(Pins.text(of: conversation.memory))
        row.add(now.milliseconds)
    }

    /// What has no column of its own, as JSON; `nil` when there is nothing to remember.
    ///
    /// Whatever is added to ``Conversation/Memory`` is kept here.
    private static func rest(of memory: Conversation.Memory) throws -> String? {
        var rest = memory
        rest.misses = 0
        rest.scene = nil
        rest.lastRule = nil
        rest.sessions = 0
        rest.language = nil
        rest.numberedMenu = nil
        rest.lastServed = nil
        return rest == nothing ? nil : try JSON.text(of: rest)
    }

    private static let nothing = Conversation.Memory()

    /// The conversation in a row of ``columns``, followed by its pending sends and its profile.
    static func conversation(_ id: ConversationID, _ row: Row) throws -> Conversation {
        let servicer = (row[2] as String?).map { ServicerID($0) }
        guard let state = SessionState(number: row[1], servicer: servicer) else {
            throw StoreError.damaged("a conversation's state")
        }
        var codes = CodeLedger()
        if let text = row[12] as String? { codes = try JSON.value(CodeLedger.self, of: text) }
        var memory = Conversation.Memory()
        if let text = row[13] as String? {
            memory = try JSON.value(Conversation.Memory.self, of: text)
        }
        memory.misses = row[9]
        memory.scene = row[10]
        memory.lastRule = (row[11] as String?).map { RuleName($0) }
        memory.sessions = row[14]
        memory.language = (row[15] as String?).map { Language($0) }
        memory.numberedMenu = (row[16] as String?).map { MenuName($0) }
        if let servicer = row[17] as String?, let until = timestamp(row[18]) {
            memory.lastServed = Conversation.Served(servicer: ServicerID(servicer), until: until)
        }
        return Conversation(
            id: id,
            session: SessionMachine(
                state: state, startedAt: timestamp(row[3]), changedAt: timestamp(row[4]),
                window: ReplyWindow(
                    openedAt: timestamp(row[5]), ordered: row[6], orderedAt: timestamp(row[7])),
                codes: codes,
                customerRejects: row[8]),
            memory: memory, pendingSends: row[19], profile: profile(row))
    }

    private static func profile(_ row: Row) -> CustomerProfile? {
        // Only a gender is always there where there is a profile.
        guard let gender = row[21] as Int? else { return nil }
        return CustomerProfile(
            nickname: row[20], gender: CustomerProfile.Gender(rawValue: gender) ?? .unknown,
            scene: row[22], sceneParameter: row[23], channelsScene: row[24],
            channelsName: row[25])
    }

    private static func timestamp(_ milliseconds: Int64?) -> Timestamp? {
        milliseconds.map { Timestamp(milliseconds: $0) }
    }
}

/// The versions a conversation refers to by name, as its column `pins` holds them: one a line.
enum Pins {
    static func text(of memory: Conversation.Memory) -> String? {
        if memory.version == nil, memory.flow == nil, memory.survey == nil, memory.handover == nil {
            return nil
        }
        let pins = [
            memory.version, memory.flow?.version, memory.survey?.version,
            memory.handover?.overdue?.version,
        ].compactMap { $0?.rawValue }
        return pins.isEmpty ? nil : Set(pins).sorted().joined(separator: "\n")
    }

    static func versions(in text: String) -> [RuleSetVersion] {
        text.split(separator: "\n").map { RuleSetVersion(String($0)) }
    }
}

/// The tables: keys in the order the formatter writes them, and what stands after each.
extension FileSchema {
    typealias Fields = [MapKind: [(String, Shape)]]

    static let bundleFields: Fields = [
        .bundle: [
            ("kf", .number), ("bundle", .name), ("owner", .name), ("accounts", .words),
            ("include", .name), ("valid", .number), ("defaults", .map(.defaults)),
            ("schedules", .names(.map(.schedule))), ("texts", .names(Shape(.text, .namedText))),
            ("words", .names(Shape(.words, .wordList))),
            ("menus", .names(.map(.menu))), ("slots", .names(.map(.slot))),
            ("notices", .map(.notice)), ("rules", .map(.rule)), ("faq", .map(.question)),
            ("templates", .names(Shape(.text, .namedText))),
            ("flows", .names(.map(.flow))), ("handoff", .names(.map(.policy))),
            ("surveys", .names(.map(.survey))), ("tests", .map(.test)),
        ],
        .defaults: [
            ("fold", .words), ("idle", .number), ("budget_keep", .number), ("zone", .choice),
            ("cancel", .words), ("cancelled", .text), ("expire", .number),
            ("ask_back", Shape(.text, .askBack)), ("similar", .map(.similar)),
        ],
        .askBack: [("head", .text), ("none", .text), ("zh", .sentence), ("en", .sentence)],
        .similar: [
            ("answer", .number), ("ask_back", .number), ("synonyms", .names(.words)),
            ("opposites", .words), ("fillers", .words), ("not_negations", .words),
        ],
        .namedText: [
            ("override", .choice), ("text", .text), ("zh", .sentence), ("en", .sentence),
        ],
        .wordList: [("override", .choice), ("words", .words)],
        .schedule: [
            ("override", .choice), ("zone", .choice), ("weekly", .names(.number)),
            ("calendar", .choice),
            ("except", .names(.number)), ("text", .text),
        ],
        .languages: [("zh", .sentence), ("en", .sentence)],
        .menu: [
            ("override", .choice), ("renamed_from", .name), ("head", .text),
            ("items", .names(Shape(.text, .item))), ("tail", .text),
            ("numbers", .choice),
        ],
        .item: [
            ("renamed_from", .name), ("click", .text), ("view", .name), ("mini", .name),
            ("text", .text), ("no_newline", .choice),
            // An item's label in several languages.
            ("zh", .sentence), ("en", .sentence),
        ],
        .slot: [
            ("override", .choice), ("accept", Shape(.choice, .acceptance)), ("mask", .choice),
            ("keep", .choice),
            ("ask", .text), ("tries", .number), ("retry", .text),
        ],
        .acceptance: [
            ("digits", .number), ("regex", .sentence), ("choice", Shape(.words, .named(.words))),
            ("date", .choice), ("phone", .choice), ("order", .choice),
        ],
        .notice: [
            ("notice", .name), ("override", .choice), ("active", .number),
            ("when", .map(.triggers)),
            ("if", .map(.conditions)), ("unless", .map(.conditions)),
            ("reply", Shape(.text, .message)),
        ],
    ]

    static let ruleFields: Fields = [
        .rule: [
            ("rule", .name), ("id", .name), ("renamed_from", .name), ("owner", .name),
            ("override", .choice), ("accounts", .name), ("valid", .number), ("priority", .choice),
            ("once_per", .number), ("when", .map(.triggers)), ("if", .map(.conditions)),
            ("unless", .map(.conditions)), ("tag", .words), ("set", .names(.sentence)),
            ("reply", Shape(.text, .message)), ("start", .name), ("upgrade", .map(.upgrade)),
            ("handoff", Shape(.name, .policy)),
            ("end", Shape(.choice, .ending)), ("examples", .sentences),
            ("not_examples", .sentences),
        ],
        .question: [
            ("ask", .sentence), ("like", .sentences), ("rule", .name), ("id", .name),
            ("renamed_from", .name), ("owner", .name), ("override", .choice),
            ("accounts", .words), ("valid", .number), ("priority", .choice),
            ("once_per", .number), ("when", .map(.triggers)), ("if", .map(.conditions)),
            ("unless", .map(.conditions)), ("tag", .words), ("set", .names(.sentence)),
            ("answer", Shape(.text, .message)), ("reply", Shape(.text, .message)),
            ("start", .name), ("upgrade", .map(.upgrade)),
            ("handoff", Shape(.name, .policy)), ("end", Shape(.choice, .ending)),
            ("examples", .sentences), ("not_examples", .sentences),
        ],
        .triggers: [
            ("clicks", .words), ("says", .words), ("says_exactly", .words), ("says_all", .words),
            ("starts_with", .words), ("ends_with", .words), ("matches", .sentence),
            ("asks_like", .sentences), ("sends", .choice), ("event", .choice),
            ("no_match", .choice), ("any", .map(.triggers)), ("all", .map(.triggers)),
            ("not", .map(.triggers)),
        ],
        .conditions: [
            ("scene", .name), ("state", .choice), ("misses", .number),
            ("hours", Shape(.name, .openHours)),
            ("slot", Shape(.name, .named(Shape(.text, .valueTest)))),
            ("in_flow", .name), ("returning", .choice), ("tagged", .words), ("language", .choice),
            ("any", .map(.conditions)), ("all", .map(.conditions)), ("not", .map(.conditions)),
        ],
        .openHours: [("open", .name), ("closed", .name)],
        .valueTest: [
            ("known", .choice), ("is", .sentence), ("at_least", .number), ("at_most", .number),
        ],
        .message: [
            ("text", .text), ("template", .name), ("menu", .name), ("survey", .name),
            ("image", .name), ("voice", .name), ("video", .name), ("file", .name),
            ("link", .map(.link)), ("miniprogram", .map(.miniprogram)),
            ("location", .map(.location)), ("zh", .sentence), ("en", .sentence),
        ],
        .link: [("title", .text), ("desc", .text), ("url", .name), ("thumb", .name)],
        .miniprogram: [("appid", .name), ("title", .text), ("path", .name), ("thumb", .name)],
        .location: [
            ("name", .sentence), ("address", .sentence), ("latitude", .number),
            ("longitude", .number),
        ],
        .ending: [("goodbye", Shape(.text, .message))],
        .upgrade: [("member", .name), ("group", .name), ("wording", .sentence)],
    ]

    static let flowFields: Fields = [
        .flow: [
            ("override", .choice), ("cancel", .words), ("cancelled", .text), ("expire", .number),
            ("steps", .map(.step)),
        ],
        .step: [
            ("if", .map(.conditions)), ("unless", .map(.conditions)), ("ask", .name),
            ("text", .text), ("tries", .number), ("retry", .text), ("call", .name),
            ("with", .names(.sentence)),
            ("save", .name), ("timeout", .number), ("failed", .map(.step)),
            ("set", .names(.sentence)), ("tag", .words), ("reply", Shape(.text, .message)),
            ("start", .name), ("handoff", Shape(.name, .policy)), ("end", Shape(.choice, .ending)),
            ("then", .map(.step)), ("else", .map(.step)),
        ],
        .policy: [
            ("override", .choice), ("to", .choice), ("who", .name), ("team", .words),
            ("pick", .choice),
            ("prefer", .map(.preference)), ("open", .name), ("waiting_text", .text),
            ("closed", .map(.fallback)), ("nobody", .map(.fallback)), ("pick_up_within", .number),
            ("overdue", .map(.fallback)), ("ended", Shape(.text, .message)),
        ],
        .preference: [("last_served", .number)],
        .fallback: [
            ("reply", Shape(.text, .message)), ("to", .choice), ("who", .name), ("team", .words),
            ("handoff", Shape(.name, .policy)), ("end", Shape(.choice, .ending)),
        ],
        .survey: [
            ("override", .choice), ("renamed_from", .name), ("head", .text),
            ("items", .names(Shape(.text, .item))), ("tail", .text),
            ("numbers", .choice), ("low", .map(.lowGrade)), ("thanks", .text),
        ],
        .lowGrade: [("at_most", .number), ("tag", .words), ("reply", .text)],
    ]

    static let testFields: Fields = [
        .testFile: [("tests_for", .name), ("tests", .map(.test))],
        .test: [
            ("test", .name), ("at", .number), ("account", .name), ("routing", .choice),
            ("slots", .names(.sentence)), ("tags", .words), ("pages", .map(.pages)),
            ("seed", .number), ("steps", .map(.act)),
        ],
        .pages: [("size", .number), ("empty_every", .number)],
        .act: [
            ("customer", Shape(.text, .writes)), ("sends", Shape(.choice, .sends)),
            ("clicks", Shape(.name, .clicks)), ("enters", Shape(.choice, .enters)),
            ("recall", Shape(.name, .recall)), ("wait", .number), ("servicer", .map(.servicer)),
            ("ends", Shape(.name, .ends)), ("transfers", Shape(.name, .transfer)),
            ("reopens", Shape(.name, .ends)), ("platform", .map(.fault)),
            ("answers", .names(Shape(.choice, .answer))), ("publish", .name),
            ("expect", .map(.expectation)),
        ],
        .answer: [("after", .number), ("error", .sentence)],
        .writes: [
            ("id", .name), ("text", .sentence), ("sends", Shape(.choice, .sends)),
            ("msgid", .name),
        ],
        .sends: [
            ("kind", .choice), ("media", .name), ("id", .name), ("type", .name),
            ("userid", .name), ("nickname", .sentence), ("title", .sentence), ("url", .name),
            ("appid", .name), ("path", .name), ("head", .sentence), ("text", .sentence),
            ("name", .sentence), ("address", .sentence), ("latitude", .number),
            ("longitude", .number), ("customer", .name), ("msgid", .name),
        ],
        .recall: [("msgid", .name), ("customer", .name)],
        .clicks: [
            ("menu", .name), ("wire_id", .name), ("text", .sentence), ("customer", .name),
            ("msgid", .name),
        ],
        .enters: [
            ("scene", .name), ("scene_param", .name), ("channels", .number), ("code", .choice),
            ("customer", .name),
        ],
        .servicer: [
            ("picks_up", .name), ("says", .sentence), ("transfer", .map(.transfer)),
            ("reopens", .name), ("rejects", .choice), ("who", .name), ("customer", .name),
        ],
        .transfer: [("from", .name), ("to", .name), ("customer", .name)],
        .ends: [("who", .name), ("customer", .name)],
        .fault: [
            ("redeliver", .name), ("times", .number), ("delay_callbacks", .number),
            ("miss_callbacks", .choice), ("fail", .map(.failure)),
            ("lose_reply", Shape(.choice, .failure)), ("slow", .map(.failure)),
            ("expire_token", .choice), ("restart", .choice), ("down", .choice),
            ("undeliverable", .map(.undeliverable)),
        ],
        .failure: [
            ("endpoint", .choice), ("errcode", .number), ("by", .number), ("times", .number),
        ],
        .undeliverable: [("fail_type", .number), ("times", .number)],
        .expectation: [
            ("customer", .name), ("rule", .name), ("not_rule", .name), ("score", .number),
            ("reply", .sentence), ("reply_contains", .sentence), ("menu", .name),
            ("template", .name), ("survey", .name), ("notice", .name), ("asked_back", .name),
            ("call", .name), ("with", .names(.sentence)), ("sent", .number),
            ("nothing", .choice), ("handoff", .name), ("reason", .name), ("within", .number),
            ("state", .choice), ("servicer", .name), ("budget_left", .number),
            ("misses", .number), ("flow", .name), ("asked", .name),
            ("slot", .names(.sentence)), ("not_slot", .name), ("tag", .words),
            ("not_tag", .words), ("language", .choice), ("version", .name),
            ("code", .map(.code)), ("refused", .names(.number)),
        ],
        .code: [("scene", .choice), ("used", .choice), ("within", .number)],
    ]
}

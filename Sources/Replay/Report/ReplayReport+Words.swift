import RuleFiles

extension ReplayReport {
    /// The fixed words of a report in one language.
    struct Words {
        let language: MessageLanguage

        init(_ language: MessageLanguage) { self.language = language }

        private var isChinese: Bool { language == .zh }

        /// As wide as ``actual``.
        var expected: String { isChinese ? "期望" : "expected" }
        var actual: String { isChinese ? "实际" : "actual  " }
        var uncovered: String { isChinese ? "未覆盖" : "not covered" }

        func hint(_ flag: String) -> String { isChinese ? "（\(flag)）" : " (\(flag))" }

        func timeline(seed: UInt64) -> String {
            isChinese ? "时间线（seed \(seed)）" : "timeline (seed \(seed))"
        }

        func clock(_ time: String) -> String { isChinese ? "时钟 \(time)" : time }

        func steps(_ count: Int) -> String {
            isChinese ? "\(count) 步" : counted(count, "step")
        }

        func files(_ count: Int) -> String {
            isChinese ? "\(count) 个文件" : counted(count, "file")
        }

        func examples(_ count: Int, wrong: Int) -> String {
            if isChinese {
                return wrong == 0
                    ? "\(count) 条例句 全部通过" : "\(count) 条例句 \(count - wrong) 通过 \(wrong) 失败"
            }
            let total = counted(count, "example")
            return wrong == 0
                ? "\(total): all passed" : "\(total): \(count - wrong) passed, \(wrong) failed"
        }

        func tests(_ count: Int, failed: Int) -> String {
            isChinese
                ? "\(count) 项测试 \(count - failed) 通过 \(failed) 失败"
                : counted(count, "test") + ": \(count - failed) passed, \(failed) failed"
        }

        func leftOut(_ count: Int) -> String {
            isChinese ? "\(count) 项没选中" : "\(count) left out"
        }

        func unreadable(_ count: Int) -> String {
            isChinese ? "\(count) 个文件有错" : "\(count) unreadable"
        }

        func kind(_ kind: CoverageReport.Kind) -> String {
            switch kind {
            case .rule: isChinese ? "规则" : "rules"
            case .trigger: isChinese ? "触发条件" : "triggers"
            case .item: isChinese ? "菜单项" : "menu items"
            case .step: isChinese ? "流程步" : "flow steps"
            case .policy: isChinese ? "转人工分支" : "policy branches"
            case .state: isChinese ? "状态" : "states"
            }
        }

        /// One of a kind.
        func one(_ kind: CoverageReport.Kind) -> String {
            switch kind {
            case .rule: isChinese ? "规则" : "rule"
            case .trigger: isChinese ? "触发条件" : "trigger"
            case .item: isChinese ? "菜单项" : "menu item"
            case .step: isChinese ? "流程步" : "flow step"
            case .policy: isChinese ? "转人工分支" : "policy branch"
            case .state: isChinese ? "状态" : "state"
            }
        }

        /// `覆盖 规则 121/128 菜单项 31/33 …`: kinds without any are left out.
        func coverage(_ coverage: CoverageReport) -> String {
            let counts = CoverageReport.Kind.allCases.compactMap { kind -> String? in
                let (covered, all) = coverage.count(kind)
                return all == 0 ? nil : "\(self.kind(kind)) \(covered)/\(all)"
            }
            return isChinese
                ? "覆盖 " + counts.joined(separator: " ")
                : "covered " + counts.joined(separator: ", ")
        }

        func percent(_ percent: Double) -> String {
            isChinese ? "覆盖 \(percent) %" : "\(percent) % covered"
        }

        private func counted(_ count: Int, _ noun: String) -> String {
            "\(count) \(noun)\(count == 1 ? "" : "s")"
        }
    }
}

/// WeChat's emoticons as they arrive in texts: `[微笑]`, `[Smile]` and the old `/::)`.
///
/// Only known names: what else stands in brackets is the customer's words.
struct Emoticons: Sendable {
    static let shared = Emoticons()

    private let table: KeyTable
    /// The longest code, in scalars.
    private let longest: Int

    private init() {
        let names = Self.names.split(whereSeparator: \.isWhitespace).map { "[" + $0 + "]" }
        let codes = Self.codes.split(whereSeparator: \.isWhitespace).map { "/:" + $0 }
        let folded = Set((names + codes).map(Self.folded))
        table = KeyTable(Set(folded.map { GramKey.word($0[...]) }).sorted())
        longest = folded.lazy.map(\.count).max() ?? 0
    }

    /// How many folded scalars from `start` on are an emoticon: the longest that fits, or 0.
    func length(in scalars: [UInt32], from start: Int) -> Int {
        let rest = scalars.count - start
        switch scalars[start] {
        case 0x5B:
            guard
                let end = scalars[start..<start + min(longest, rest)].firstIndex(of: 0x5D),
                table[GramKey.word(scalars[start...end])] != KeyTable.unknown
            else { return 0 }
            return end - start + 1
        case 0x2F where rest > 2 && scalars[start + 1] == 0x3A:
            return stride(from: min(longest, rest), to: 2, by: -1).first {
                table[GramKey.word(scalars[start..<start + $0])] != KeyTable.unknown
            } ?? 0
        default:
            return 0
        }
    }

    private static func folded(_ text: String) -> [UInt32] {
        var scalars: [UInt32] = []
        FoldingTable.shared.fold(text.utf8Span.span) { scalar, _, _ in scalars.append(scalar) }
        return scalars
    }

    private static let names = """
        微笑 撇嘴 色 发呆 得意 流泪 害羞 闭嘴 睡 大哭 尴尬 发怒 调皮 呲牙 惊讶 难过 酷 冷汗 囧 抓狂 吐 偷笑 愉快
        可爱 白眼 傲慢 饥饿 困 惊恐 流汗 憨笑 悠闲 大兵 奋斗 咒骂 疑问 嘘 晕 疯了 折磨 衰 骷髅 敲打 再见 擦汗
        抠鼻 鼓掌 糗大了 坏笑 左哼哼 右哼哼 哈欠 鄙视 委屈 快哭了 阴险 亲亲 吓 可怜 菜刀 西瓜 啤酒 篮球 乒乓
        咖啡 饭 猪头 玫瑰 凋谢 嘴唇 示爱 爱心 心碎 蛋糕 闪电 炸弹 刀 足球 瓢虫 便便 月亮 太阳 礼物 拥抱 强 弱
        握手 胜利 抱拳 勾引 拳头 差劲 爱你 NO OK 爱情 飞吻 跳跳 发抖 怄火 转圈 磕头 回头 跳绳 投降 激动 乱舞
        献吻 左太极 右太极 嘿哈 捂脸 奸笑 机智 皱眉 耶 吃瓜 加油 汗 天啊 Emm 社会社会 旺柴 好的 打脸 哇 翻白眼
        666 让我看看 叹气 苦涩 裂开 红包 發 福 爆竹 烟花 庆祝 合十 笑脸 生病 脸红 破涕为笑 恐惧 失望 无语 鬼魂
        强壮 吃惊 加油加油 抱抱 笑哭 小狗 鸡 彩带
        Smile Grimace Drool Scowl CoolGuy Sob Shy Silent Sleep Cry Awkward Angry Tongue Grin
        Surprise Frown Ruthless Blush Scream Puke Chuckle Joyful Slight Smug Hungry Drowsy Panic
        Sweat Laugh Commando Determined Scold Shocked Shhh Dizzy Tormented Toasted Skull Hammer
        Wave Speechless NosePick Clap Shame Trick Bah!L Bah!R Yawn Pooh-pooh Shrunken TearingUp
        Sly Kiss Wrath Whimper Cleaver Watermelon Beer Basketball PingPong Coffee Rice Pig Rose
        Wilt Lips Heart BrokenHeart Cake Lightning Bomb Dagger Soccer Ladybug Poop Moon Sun Gift
        Hug ThumbsUp ThumbsDown Shake Peace Fight Beckon Fist Pinky RockOn NutJob InLove Blowkiss
        Waddle Tremble Aaagh! Twirl Kotow Dramatic JumpRope Surrender Hooray Meditate Smooch
        TaiChi_L TaiChi_R Hey Facepalm Smirk Smart Moue Yeah! Onlooker GoForIt Sweats OMG Respect
        Doge NoProb MyBad Wow Boring Awesome LetMeSee Sigh Hurt Broken Packet Firecracker
        Fireworks Party Worship Happy Sick Flushed Lol Terror Duh Let_Down Ghost Strong
        """

    private static let codes = """
        :) :~ :B :| 8-) :< :$ :X :Z :'( :-| :@ :P :D :O :( :+ --b :Q :T ,@P ,@-D :d ,@o :g |-) :!
        :L :> :,@ ,@f :-S ? ,@x ,@@ :8 ,@! !!! xx bye wipe dig handclap &-( B-) <@ @> :-O >-| P-(
        :'| X-) :* @x 8* pd <W> beer basketb oo coffee eat pig rose fade showlove heart break cake
        li bome kn footb ladybug shit moon sun gift hug strong weak share v @) jj @@ bad lvu no ok
        love <L> jump shake <O> circle kotow turn skip oY #-0 hiphot kiss <& &>
        """
}

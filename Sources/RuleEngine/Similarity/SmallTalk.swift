/// Company for small FAQs: what customers say that is no question to any shop.
///
/// Beside these a message has rivals, so that being a little like the only question there is
/// doesn't look like certainty.
enum SmallTalk {
    /// One entry a line, its wordings parted by bars.
    static let entries: [[String]] = text.split(separator: "\n").map { line in
        line.split(separator: "|").map { String($0) }
    }

    private static let text = """
        你好|你好呀|哈喽你好|在吗你好
        早上好|早安|早上好呀
        晚上好|晚安|祝你做个好梦
        下午好|中午好
        再见|拜拜|下次再聊|我先走了
        谢谢你|非常感谢|太感谢你了|辛苦了
        不客气|没事的不用谢
        对不起|不好意思打扰了|抱歉让你久等
        你叫什么名字|怎么称呼你|你是谁
        你是机器人吗|你是真人还是机器人|我在跟人聊天吗
        你几岁了|你今年多大|你是哪年出生的
        你是男的还是女的|你是男生还是女生
        你住在哪里|你家在什么地方|你是哪里人
        你在干什么|你在忙什么呢|现在有空吗
        你吃饭了吗|你吃了没|晚饭吃的什么
        你睡觉了吗|你几点睡觉|困不困
        今天天气怎么样|明天会下雨吗|外面冷不冷
        现在几点了|今天星期几|今天几号
        今天过得怎么样|最近好吗|你还好吗
        给我讲个笑话|说个段子听听|逗我笑一下
        给我讲个故事|讲一个睡前故事
        给我唱首歌|你会唱歌吗|放首歌听听
        你会跳舞吗|跳个舞给我看
        你会说英语吗|你会几种语言|能讲方言吗
        你会做什么|你有什么本事|你都会些什么
        你喜欢什么颜色|你最喜欢的颜色是什么
        你喜欢什么电影|推荐一部好看的电影|最近有什么电视剧
        你喜欢听什么音乐|推荐一首歌|你喜欢哪个歌手
        你喜欢看书吗|推荐一本书|最近在读什么书
        你喜欢什么运动|你看足球吗|昨晚的比赛谁赢了
        你喜欢小动物吗|你养猫还是养狗|我家猫很可爱
        你有男朋友吗|你有女朋友吗|你结婚了吗
        你爱我吗|我喜欢你|做我女朋友好吗
        你想我了吗|我好想你|陪我聊聊天
        你真聪明|你好厉害|你太棒了
        你真笨|你怎么这么傻|你是不是傻
        你真可爱|你长得真好看|你声音真好听
        你真烦人|别烦我|不想理你了
        我不开心|我今天心情不好|我很难过
        我好无聊|无聊死了|有什么好玩的
        我好累|上班好累啊|累得不想动
        我生病了|我感冒了|头好疼
        我失恋了|我跟对象分手了|我们吵架了
        我今天很高兴|太开心了|有件喜事告诉你
        我饿了|晚上吃什么好|附近有什么好吃的
        祝你生日快乐|今天是我生日|生日快乐
        新年快乐|恭喜发财|春节快乐
        节日快乐|中秋快乐|国庆节快乐
        人生的意义是什么|世界上有鬼吗|外星人存在吗
        你会下棋吗|陪我玩个游戏|我们来猜谜语吧
        一加一等于几|帮我算一道数学题
        好的|知道了|明白了|收到
        哈哈哈|笑死我了|太好笑了
        随便看看|没什么事|点错了|测试一下
        你的主人是谁|是谁发明了你|你老板是谁
        你觉得我怎么样|猜猜我是谁|你认识我吗
        hello|hi there|good morning|how are you
        thank you|thanks a lot|many thanks
        what is your name|who are you|are you a robot
        goodbye|see you later|bye bye
        tell me a joke|sing a song for me
        """
}

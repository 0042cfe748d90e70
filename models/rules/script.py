"""What a text looks like for comparing: simplified, half-width, lower case, without space between Chinese words.

Maps only the traditional characters that the words of the trade use, so that the rules need no library; whole
texts of any content are converted by `geo.address_words`.
"""

import re
import unicodedata

_TRADITIONAL = (
    "丟並乾亂佔併來侷係俬倉個備傢傳傷傾億儲兒內兩凍剋剛劇動務勞區卽員問啓啟喫單嗎嘯噴噸嚴囪國圍垻埰報場塊塵墜墳墻壓壞壩夠夾學寀實寫寬將導層屬巖帶幹幾庫廠廢廣廳弔強彈後徑從復慶應戶捲掛採"
    "揚換損摺擊擋擔擬擺擾攝攤敎數斷於時暈暢暫會東査桿棟業極榦構槍樁樑樓標樹機橫檢檯櫃欄權殺毀氣氫氾汎汙決沒沖況洩涼減測渾湧溝溫滅滯滾滿漬漲潑潰澆澇濃濘濟災為無煙熱燈燒燙營燬爐爛爲牀牆現"
    "產産畝痠發監眞眾睏磚礎礦稈種積窪竈箇節範築糞約紙級結絕統絶經綠綫網綵緊緑線練緻縫縮總繩繫纍纏纔羣習翹聞聯職脅脩脫脹腳膠臉臟臨臺與舊舘莊菸萬葦葯蓋藥蘆處號蟲蠻衆衝裏裝裡複襬覈見規覺觸"
    "計訓記訟設許訴試詳誌誤誰調請謹譟譭護變豬負財販貪責資質跡蹟蹤車軟較輕輛輸轄轉辦農迴這週進遊運過達違遲遷還邊醃釐鈅鈡鋪鋼錢錶鍋鍾鎖鐘鑑鑒鑰鑿長門閃閉開間閘閣閤閥闆關陣陰陸陽隊險隱隻雜"
    "雞離難電霧鞦韆響頂頃項預頭題風颮颱颳飛飯飲餘館馬驟驢髒體髮鬆魚鷄鹽麥麪麫麵麼麽黃點齣龍"
)
_SIMPLIFIED = (
    "丢并干乱占并来局系私仓个备家传伤倾亿储儿内两冻克刚剧动务劳区即员问启启吃单吗啸喷吨严囱国围坝采报场块尘坠坟墙压坏坝够夹学采实写宽将导层属岩带干几库厂废广厅吊强弹后径从复庆应户卷挂采"
    "扬换损折击挡担拟摆扰摄摊教数断于时晕畅暂会东查杆栋业极干构枪桩梁楼标树机横检台柜栏权杀毁气氢泛泛污决没冲况泄凉减测浑涌沟温灭滞滚满渍涨泼溃浇涝浓泞济灾为无烟热灯烧烫营毁炉烂为床墙现"
    "产产亩酸发监真众困砖础矿秆种积洼灶个节范筑粪约纸级结绝统绝经绿线网彩紧绿线练致缝缩总绳系累缠才群习翘闻联职胁修脱胀脚胶脸脏临台与旧馆庄烟万苇药盖药芦处号虫蛮众冲里装里复摆核见规觉触"
    "计训记讼设许诉试详志误谁调请谨噪毁护变猪负财贩贪责资质迹迹踪车软较轻辆输辖转办农回这周进游运过达违迟迁还边腌厘钥钟铺钢钱表锅钟锁钟鉴鉴钥凿长门闪闭开间闸阁合阀板关阵阴陆阳队险隐只杂"
    "鸡离难电雾秋千响顶顷项预头题风飑台刮飞饭饮余馆马骤驴脏体发松鱼鸡盐麦面面面么么黄点出龙"
)
_MAP = str.maketrans(_TRADITIONAL, _SIMPLIFIED)
_SPACE = re.compile(r"(?<![0-9a-z])\s+|\s+(?![0-9a-z])")


def normalise(text: str) -> str:
    """Gives the form of a text in which keywords are looked up."""
    plain = unicodedata.normalize("NFKC", text).lower().translate(_MAP)
    return _SPACE.sub("", plain.replace("\n", ","))

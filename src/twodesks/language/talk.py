"""What people do in a message besides saying something: greet, thank, confirm, doubt, ask, chat.

Rules for English talk in any tool: Slack, IRC, our own conversations. They look at one message at a time.
"""

import re
from functools import lru_cache

from twodesks.language.sentences import sentence_spans
from twodesks.language.words import WORD

FENCE = re.compile(r"^ {0,3}(```+|~~~+)[^\n]*\n.*?(?:^ {0,3}\1[`~]*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
LINK = re.compile(r"\bhttps?://[^\s<>()\[\]]+|\bwww\.[^\s<>()\[\]]+", re.IGNORECASE)
# "bob: …", "@bob …", "bob, …": who is spoken to.
ADDRESS = re.compile(r"^\s*(?:@[\w.\-]+[:,]?|(?!https?:)[\w.\-\[\]\\|`^{}]{2,24}[:,])\s+")

_EMOJI = r"(?::[a-z0-9_+\-]+:|[☀-➿\U0001F300-\U0001FAFF️‍]|[:;=8xX]['’]?-?[)(DPpoO/\\|]+|<3|\^\^)"
_GREETING = (
    r"hi+|hello+|hey+|howdy|yo|hiya|good (?:morning|afternoon|evening|day)|morning|welcome(?: back)?|bye+|"
    r"good ?night|see (?:you|ya)(?: later)?|cheers|gday"
)
_FILLER = (
    r"ok+|okay|k+|kk|yes+|yep|yeah|yea|yup|no|nope|nah|sure|right|cool|nice|great|awesome|perfect|lol|rofl|"
    r"(?:ha)+h?|(?:he)+h?|hmm+|hm|um+|uh+|ah+|oh+|wow|woah|ugh|oops|np|no problem|no worries|you(?:'re| are) welcome|"
    r"my pleasure|anytime|brb|\+1|-1|same here|me too|same|one sec(?:ond)?|just a sec(?:ond)?|1 sec|sec|ping|pong|"
    r"good luck|indeed|true|exactly|agreed|interesting|(?:good|great) (?:question|point|idea)|sorry|please|pls|"
    r"here|done|good|alright|all right|gotcha|noted"
)
_THANKS = (
    r"thank ?(?:you|u|s)|thanks|thanx|thx|thnx|tnx|ty(?:vm)?|cheers|much appreciated|appreciate (?:it|that|the help)|"
    r"life ?saver|you rock|i love you|kudos|merci|ta\b|shout ?out"
)
_LET_ME = (
    r"(?:let me|lemme|i(?:'|’)ll|i will|gonna|going to|just) (?:just |quickly )?(?:check|look|see|think|try|have a "
    r"look|get back|google|find out|take a look|test)(?: (?:it|that|this|into it|quickly|again|now|up|for you|"
    r"and get back "
    r"to you|a bit|first))*"
)

# One piece of small talk. A message is eaten piece by piece: no group repeats, so nothing backtracks for long.
_PIECE = re.compile(
    rf"{_EMOJI}|[+\-]1\b|(?:{_LET_ME}|{_THANKS}|{_GREETING}|{_FILLER}|so much|a lot|very much|guys|all|everyone|"
    rf"everybody|"
    r"folks|there|man|dude|mate|buddy|again|for (?:the|your|that|all the|this) (?:help|info|tip|advice|answer|"
    r"effort|link)s?|"
    r"for (?:sharing|helping|trying|that|this|it)|you|to you|back|then|now|too|so|very|really|that|it|is|was|"
    r"the|i see|"
    r"got it|makes sense|works? for me|will do|hold on|a minute|please|@[\w.\-]+)(?!\w)|[^\w\s]+|\s+",
    re.IGNORECASE,
)  # fmt: skip
GREETS = re.compile(
    rf"^\W*+(?:{_GREETING})\b(?:[ ,]+(?:all|guys|everyone|everybody|folks|there|again|team|channel))*[\s,.!:~\-]*",
    re.IGNORECASE,
)
THANKS = re.compile(rf"\b(?:{_THANKS})\b|:(?:pray|bow):|🙏", re.IGNORECASE)
CONFIRMS = re.compile(
    r"\b(?:(?:it|that|this|which|everything|now)(?: (?:all|now|just|really))? (?:works|worked|did it|"
    r"did the trick|helps|"
    r"helped|fixed it|solved it|was it|makes sense|seems normal)|works (?:now|great|fine|perfectly|like a charm)|"
    r"(?:working|fixed|solved|sorted|resolved)(?: it)? now|is working|problem solved|got it (?:working|to work)|"
    r"i got it|"
    r"that(?:'|’)?s (?:it|exactly|what i)|found it|worked(?: for me|!|,)|did the trick|ah+,? (?:i see|ok|right|yes)|"
    r"good to know|now i (?:see|get|understand)|makes (?:more )?sense|exactly what i|you were right|i(?:'|"
    r"’)ll (?:try|do) "
    r"(?:that|this|it)|will (?:try|do)|giv(?:e|ing) (?:it|that|this) a (?:try|shot|go)|in business|"
    r"bookmark(?:ing|ed))\b",
    re.IGNORECASE,
)  # fmt: skip
TROUBLE = re.compile(
    r"\b(?:(?:does|did|do|is|was|are|will|has|have|can)(?:n(?:'|’)?t| not) (?:work|help|find|seem|do|show|"
    r"change|recogni[sz]e|"
    r"fix|let|start|boot|see|install|open|connect|exist|there)\w*|no (?:luck|avail|effect|such|joy)|still (?:no|"
    r"not|the same|"
    r"getting|get|have|having|does|same)\w*|same (?:error|problem|issue|thing|deal)|not working|nothing happens|"
    r"(?:couldn|could not|can not|cannot|unable)(?:'|’)?t? \w+|not found|failed|fails?|won(?:'|’)?t|wont|error|"
    r"stuck|confused|"
    r"i(?:'|’)?m lost|already (?:did|done|tried|have)|i tried)\b",
    re.IGNORECASE,
)  # fmt: skip
UNSURE = re.compile(
    r"\b(?:(?:i )?don(?:'|’)?t (?:really )?know|dunno|do not know|no idea|not (?:really )?sure|no clue|i guess|maybe|"
    r"can(?:'|’)?t help|cannot help|could be wrong|someone should confirm|ask (?:someone|somebody|in|the)\b|beats me|"
    r"not (?:too |very )?familiar|never (?:used|tried)|haven(?:'|’)?t (?:used|tried|looked)|out of ideas|afraid)\b",
    re.IGNORECASE,
)
HOW = re.compile(
    r"\b(?:you (?:can|could|need|have to|must|should|want to|may|will|would|might|just|don(?:'|’)?t)|try|use|"
    r"using|run|"
    r"install|open|click|select|choose|go to|set|add|remove|delete|edit|change|copy|make sure|type|put|create|"
    r"check|enable|"
    r"disable|download|restart|replace|move|call|look (?:at|in|for|into)|read|see|depends on|recommend|suggest|"
    r"instead|"
    r"first|then|after (?:that|which)|next|once)\b",
    re.IGNORECASE,
)
WHY = re.compile(
    r"\b(?:because|cause|cuz|since|so that|therefore|means?|meaning|that(?:'|’)?s why|reason|due to|otherwise|"
    r"unless|only (?:if|"
    r"when|works)|if (?:you|it|the|your|there)|which (?:is|will|makes|means)|it(?:'|’)s (?:a|an|the|just)|"
    r"is (?:a|an|the|not|"
    r"just)|are (?:a|the|not)|works by|relative to|rather than|except|but|basically|actually|usually|normally|"
    r"by default|"
    r"the (?:problem|difference|point|trick|idea|downside)|so (?:you|it|the|if|we|i)|when (?:you|it|the)|expands? to|"
    r"stands for|allows|provides|supports?|needs?|requires?)\b",
    re.IGNORECASE,
)  # fmt: skip
ASKS = re.compile(
    r"\?|^\W*+(?:how|what|why|where|which|who|when|can|could|does|do|is|are|has|have|should|would|will|any(?:one|"
    r"body)?|"
    r"some(?:one|body))\b|\b(?:how (?:do|can|to|would|does|should)|any (?:idea|ideas|suggestions|advice|clue|"
    r"help|tips)|"
    r"(?:anyone|anybody|somebody|someone|does anyone) (?:know|here|help|using|else|have)|help (?:me|with|"
    r"please)|need (?:some )?"
    r"help|is there (?:a|an|any)|i (?:was )?wonder(?:ing)?)\b",
    re.IGNORECASE,
)  # fmt: skip
PROBLEM = re.compile(
    r"\b(?:problem|issue|error|trouble|fail\w*|broken?|crash\w*|stuck|can(?:'|’)?t|cannot|doesn(?:'|’)?t|"
    r"won(?:'|’)?t|not "
    r"working|how (?:do|to|can)|why|trying to|want to|need to|configure|install\w*|set ?up|fix|change|missing|"
    r"slow)\b",
    re.IGNORECASE,
)
ORGANISES = re.compile(
    r"\b(?:meet ?ups?|meeting|tonight|tomorrow|yesterday|today|this (?:week|weekend|evening|saturday|sunday|"
    r"month)|next "
    r"(?:week|month|meetup|time)|monday|tuesday|wednesday|thursday|friday|saturday|sunday|\d{1,2} ?(?:am|pm)|"
    r"\d{1,2}:\d\d ?"
    r"(?:am|pm)?|rsvp|event|events|conference|workshop|register|invite|invitation|venue|lunch|dinner|coffee|"
    r"beer|food|drinks|"
    r"volunteer\w*|slides|talk|attend\w*|join us|come join|see you there|announce\w*|schedul\w*|sponsor\w*|everyone|"
    r"congrat\w*|birthday|party|be there|on my way|sign ?up|speaker|organi[sz]\w+|<!\w+>)\b|<!\w+>|@(?:here|"
    r"channel|everyone)",
    re.IGNORECASE,
)  # fmt: skip
STANCE = re.compile(
    r"\b(?:off ?topic|language|flood\w*|troll\w*|spam\w*|stupid|sucks?|wtf|shut up|lame|idiot|polls?|"
    r"ban(?:ned)?|patience|"
    r"repeat\w*|punctuation|i (?:hate|like|love|prefer)|better than|best)\b",
    re.IGNORECASE,
)
EMOJI = re.compile(_EMOJI)
LAUGHS = re.compile(r"\b(?:lol|lmao|rofl|(?:ha){2,}h?|(?:he){2,}h?)\b|:D|xD", re.IGNORECASE)
# What a person would type into a terminal, an editor or a settings file.
COMMAND = re.compile(
    r"(?:^|[\s`'\"(:])(?:sudo|apt(?:-get|-cache)?|yum|dnf|brew|pip3?|npm|npx|yarn|git|docker|kubectl|conda|curl|"
    r"wget|ssh|scp|"
    r"rsync|grep|chmod|chown|mkdir|rm|cp|mv|cd|ls|cat|tar|make|systemctl|service|psql|SELECT|INSERT|UPDATE|"
    r"ALTER|CREATE|"
    r"dpkg|man|nano|vim?|gedit|dd|mount|nmap|tcpdump|ln|ps|kill|python3?|node|terraform|aws|gcloud|"
    r"helm)\s+[\w\-./$~'\"*<]+|"
    r"(?<![\w:/])(?:/|~/|\./)[\w.\-]+(?:/[\w.\-*]+)+|(?<!\S)--?[a-zA-Z][\w\-]*(?==|\s|$)|"
    r"(?<!\w)\w{1,60}\([\w, '\"]{0,80}\)|(?<![\w\-])[\w\-]{1,60}\.(?:conf|py|js|"
    r"ts|sh|json|ya?ml|toml|ini|txt|sql|csv|rb|go|rs|java|c|cpp|h|html|css|service|cfg|xml|md)\b|\w ?[-=]> ?\w|"
    r"<\w{1,40}>",
    re.MULTILINE,
)  # fmt: skip
STEP = re.compile(
    r"(?:^|\n|[.;] )[ \t]*(?:\d{1,3}[.)]|[-*]|first(?:ly)?|then|next|after (?:that|which)|finally|now|once)[\s,]|"
    r"\bsystem ?(?:->|>)|\w (?:->|-->|>) \w",
    re.IGNORECASE,
)
STEP_START = re.compile(
    r"^\W*+(?:first(?:ly)?|second(?:ly)?|third(?:ly)?|then|next|after (?:that|which)|afterwards|finally|lastly|"
    r"now|once|"
    r"and then|step \d+|open|click|select|choose|go to|set|add|remove|delete|edit|change|copy|paste|make sure|"
    r"type|enter|"
    r"put|create|check|enable|disable|download|install|restart|reboot|replace|move|run|start|stop|press|"
    r"log (?:in|out)|"
    r"save|wait|use|try|look (?:at|in)|turn|plug|unplug|reset|update|clear|close|pick|find|ask)\b",
    re.IGNORECASE,
)
# "Let me check whether…", "hold on a second": that an answer is coming, not the answer.
WAITS = re.compile(
    r"^\W*+(?:ok(?:ay)?|hm+|sure|yes|well|sorry)?[\s,.!]*+(?:let me|lemme|i(?:'|’)ll|i will|i need to|give me|"
    r"hold on|hang on|"
    r"(?:wait )?(?:a|one) (?:sec|second|moment|minute)|just a (?:sec|second|moment|minute)|brb|be right back)\b"
    r"(?=.*\b(?:check|look|see|think|find|search|test|get back|sec|second|moment|minute|back|on|wait|try|"
    r"google)\b|[.!…]*$)",
    re.IGNORECASE,
)
NUMBER = re.compile(
    r"(?<![\w.])\d+(?:[.,:]\d+)*(?:\s?(?:%|ms|s|kb|mb|gb|gig|hz|km|m|px|pt|rpm|°))?(?![\w])", re.IGNORECASE
)


@lru_cache(maxsize=4096)
def words_of(text: str) -> tuple[str, ...]:
    """The words of a message without links and code blocks."""
    return tuple(WORD.findall(LINK.sub(" ", FENCE.sub(" ", text))))


def sentences(text: str) -> list[str]:
    """As they are written, in order."""
    return [text[start:end] for start, end in sentence_spans(text)]


def without_address(text: str) -> str:
    """The message without whom it speaks to: `@mira ` or `mira: ` at its head."""
    shorter = ADDRESS.sub("", text, count=1)
    return shorter or text


def is_small_talk(text: str) -> bool:
    """Nothing but greetings, thanks, agreement, emoji, `+1`, or that one is going to look."""
    if "`" in text or LINK.search(text) or len(text) > 160:
        return False
    return _is_eaten(without_address(text)) or _is_eaten(text)


def _is_eaten(text: str) -> bool:
    place = 0
    while place < len(text):
        piece = _PIECE.match(text, place)
        if piece is None or piece.end() == place:
            return False
        place = piece.end()
    return True

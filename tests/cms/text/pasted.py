"""HTML as word processors put it on the clipboard (in its real shape, with words of our own), and what the eye saw.

The cleaner and the editor's paste are tried with the same cases.
"""
# ruff: noqa: E501

GOOGLE_DOCS = (
    """<meta charset='utf-8'><meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-6f1c0a52-7fff">\
<h1 dir="ltr" style="line-height:1.38;margin-top:20pt;margin-bottom:6pt;"><span style="font-size:20pt;font-family:Arial,\
sans-serif;color:#000000;background-color:transparent;font-weight:400;font-style:normal;font-variant:normal;\
text-decoration:none;vertical-align:baseline;white-space:pre-wrap;">Reading club</span></h1>\
<p dir="ltr" style="line-height:1.38;margin-top:0pt;margin-bottom:0pt;"><span style="font-size:11pt;font-weight:400;\
font-style:normal;white-space:pre-wrap;">Come on </span><span style="font-size:11pt;font-weight:700;font-style:normal;\
white-space:pre-wrap;">Tuesdays </span><span style="font-size:11pt;font-weight:400;font-style:italic;white-space:\
pre-wrap;">after tea</span><span style="font-size:11pt;font-weight:400;font-style:normal;white-space:pre-wrap;">. Ask </span>\
<a href="https://example.org/club" style="text-decoration:none;"><span style="font-size:11pt;color:#1155cc;font-weight:\
400;font-style:normal;text-decoration:underline;white-space:pre-wrap;">the club</span></a><span style="font-size:11pt;\
font-weight:400;font-style:normal;white-space:pre-wrap;">.</span></p><br />\
<h2 dir="ltr" style="line-height:1.38;"><span style="font-size:16pt;font-weight:400;">Bring</span></h2>\
<ul style="margin-top:0;margin-bottom:0;padding-inline-start:48px;"><li dir="ltr" style="list-style-type:disc;font-size:11pt;\
font-weight:400;" aria-level="1"><p dir="ltr" style="line-height:1.38;" role="presentation"><span style="font-size:11pt;\
font-weight:400;">a book</span></p></li><ul style="margin-top:0;"><li dir="ltr" style="list-style-type:circle;" aria-level="2">\
<p dir="ltr" role="presentation"><span style="font-weight:400;">any book</span></p></li></ul><li dir="ltr" style="list-style-type:\
disc;" aria-level="1"><p dir="ltr" role="presentation"><span style="font-weight:700;">a cup</span></p></li></ul>\
<p dir="ltr"><span style="font-weight:400;">&nbsp;</span></p>\
<div dir="ltr" style="margin-left:0pt;" align="left"><table style="border:none;border-collapse:collapse;"><colgroup><col \
width="300" /><col width="300" /></colgroup><tbody><tr style="height:0pt"><td style="border:solid #000 1pt;"><p dir="ltr">\
<span style="font-weight:400;">Tuesday</span></p></td><td style="border:solid #000 1pt;"><p dir="ltr"><span style="\
font-weight:400;">6 pm</span></p></td></tr></tbody></table></div></b><br class="Apple-interchange-newline">""",
    (
        "<h2>Reading club</h2><p>Come on <strong>Tuesdays</strong> <em>after tea</em>. Ask "
        '<a href="https://example.org/club">the club</a>.</p><h3>Bring</h3><ul><li><p>a book</p><ul><li><p>any book</p></li></ul>'
        "</li><li><p><strong>a cup</strong></p></li></ul><p>Tuesday – 6 pm</p>"
    ),
)

WORD_2016 = (
    """<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" \
xmlns:w="urn:schemas-microsoft-com:office:word" xmlns="http://www.w3.org/TR/REC-html40"><head>
<meta http-equiv=Content-Type content="text/html; charset=utf-8"><meta name=Generator content="Microsoft Word 15">
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->
<style><!-- p.MsoNormal {margin:0cm; font-weight:bold;} @list l0:level1 {mso-level-number-format:bullet;} --></style>
</head><body lang=EN-GB style='tab-interval:36.0pt;word-wrap:break-word'><!--StartFragment-->
<p class=MsoTitle>The   allotment<o:p></o:p></p>
<h1>Who may dig<o:p></o:p></h1>
<p class=MsoNormal>Anybody <b>with a spade</b>, and <i style='mso-bidi-font-style:normal'>any</i>body
without.<span style='mso-spacerun:yes'>&nbsp;&nbsp; </span>See <a href="https://example.org/dig"><span
style='color:#0563C1'>our page</span></a><a name="_Toc1"></a> or <a href="#_Toc1">below</a>.<o:p></o:p></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='font-family:Symbol;mso-fareast-font-family:Symbol'><span style='mso-list:Ignore'>·<span
style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp; </span></span></span><![endif]>Spades<o:p></o:p></p>
<p class=MsoListParagraphCxSpMiddle style='margin-left:72.0pt;mso-list:l0 level2 lfo1'><![if !supportLists]><span
style='font-family:"Courier New"'><span style='mso-list:Ignore'>o<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;
</span></span></span><![endif]>large ones<o:p></o:p></p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='font-family:Symbol'><span style='mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;
</span></span></span><![endif]>Seeds<o:p></o:p></p>
<p class=MsoNormal>Then:<o:p></o:p></p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><![if !supportLists]><span
style='mso-list:Ignore'>3.<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp;&nbsp; </span></span><![endif]>Dig<o:p></o:p></p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><![if !supportLists]><span
style='mso-list:Ignore'>4.<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp;&nbsp; </span></span><![endif]>Rest<o:p></o:p></p>
<table class=MsoTableGrid border=1 cellspacing=0 cellpadding=0><tr style='mso-yfti-irow:0'><td width=300 valign=top>
<p class=MsoNormal><b>Plot<o:p></o:p></b></p></td><td width=300 valign=top><p class=MsoNormal>Free since<o:p></o:p></p></td></tr>
</table><p class=MsoNormal style='display:none'>hidden</p><p class=MsoNormal>Kept <del>and gone</del><ins>and new</ins></p>
<!--EndFragment--></body></html>""",
    (
        "<h2>The allotment</h2><h2>Who may dig</h2><p>Anybody <strong>with a spade</strong>, and <em>any</em>body without. See "
        '<a href="https://example.org/dig">our page</a> or below.</p><ul><li>Spades<ul><li>large ones</li></ul></li><li>Seeds</li>'
        '</ul><p>Then:</p><ol start="3"><li>Dig</li><li>Rest</li></ol><p><strong>Plot</strong> – Free since</p><p>Kept and new</p>'
    ),
)

WORD_ONLINE = (
    """<div class="OutlineElement Ltr SCXW1 BCX0" style="direction:ltr;"><p class="Paragraph SCXW1 BCX0" style="font-weight:\
normal;font-style:normal;"><span data-contrast="auto" class="TextRun SCXW1" style="font-weight:bold;"><span class=\
"NormalTextRun SCXW1">Swim</span></span><span class="TextRun SCXW1" style="font-weight:normal;"><span class="NormalTextRun">\
 &nbsp;with us</span></span><span class="EOP SCXW1" style="">&nbsp;</span></p></div><div class="ListContainerWrapper SCXW1 BCX0">\
<ul class="BulletListStyle1 SCXW1" role="list"><li data-leveltext="•" class="OutlineElement"><p class="Paragraph"><span>Towel</span>\
<span class="EOP">&nbsp;</span></p></li></ul></div><div class="ListContainerWrapper SCXW1 BCX0"><ul class="BulletListStyle1">\
<li class="OutlineElement"><p class="Paragraph"><span>Soap</span><span class="EOP">&nbsp;</span></p></li></ul></div>""",
    "<p><strong>Swim</strong> with us</p><ul><li><p>Towel</p></li><li><p>Soap</p></li></ul>",
)

LIBREOFFICE = (
    """<meta http-equiv="content-type" content="text/html; charset=utf-8"/><title></title><meta name="generator" \
content="LibreOffice 24.2.7.2 (Linux)"/><style type="text/css">@page { size: 21cm 29.7cm; margin: 2cm }\
p { line-height: 115%; margin-bottom: 0.25cm }</style></head><body lang="en-GB" dir="ltr">\
<h1 class="western">Choir</h1><h3 class="western">When</h3>
<p style="line-height: 100%; margin-bottom: 0cm"><font face="Liberation Serif, serif"><font size="3" style="font-size: 12pt">\
<b>Every</b> <span style="font-style: normal"><span style="font-weight: normal">week</span></span>, <i>without</i>
notes</font></font></p>
<p style="line-height: 100%; margin-bottom: 0cm"><br/>

</p>
<ol start="2"><li><p style="margin-bottom: 0cm">Hum</p></li>
	<li><p style="margin-bottom: 0cm">Sing</p><ul><li><p>softly</p></li></ul></li></ol>
<table width="643" cellpadding="4" cellspacing="0"><col width="313"/><tr valign="top"><th width="313"><p>Voice</p></th>\
<th><p>Seats</p></th></tr><tr><td><p>Alto</p></td><td><p>4</p></td></tr><tr><td><p>Bass</p></td><td><p><br/></p></td></tr></table>
<p>Ask <u><a href="mailto:choir@example.org">us</a></u>.</p>""",
    (
        "<h2>Choir</h2><h3>When</h3><p><strong>Every</strong> week, <em>without</em> notes</p>"
        '<ol start="2"><li><p>Hum</p></li><li><p>Sing</p><ul><li><p>softly</p></li></ul></li></ol>'
        "<p><strong>Voice</strong> – <strong>Seats</strong></p><p>Alto – 4</p><p>Bass</p>"
        '<p>Ask <a href="mailto:choir@example.org">us</a>.</p>'
    ),
)

DOCUMENTS = {
    "Google Docs": GOOGLE_DOCS,
    "Word 2016": WORD_2016,
    "Word in a browser": WORD_ONLINE,
    "LibreOffice": LIBREOFFICE,
}

PIECES = [
    # headings fit under the title of a page
    ("<h1>Objective</h1>", "<h2>Objective</h2>"),
    ("<h1>A</h1><p>x</p><h2>B</h2><h4>C</h4>", "<h2>A</h2><p>x</p><h3>B</h3><h3>C</h3>"),
    ("<h2><b>A</b></h2><h4>B</h4>", "<h2>A</h2><h3>B</h3>"),
    ("<h2></h2><h3>&nbsp;</h3><p>x</p>", "<p>x</p>"),
    # bold and italic are what they look like
    ("<p><b>a</b> <i>b</i> <em>c</em></p>", "<p><strong>a</strong> <em>b c</em></p>"),
    ('<p style="font-weight:bold">a <span style="font-weight: 400">b</span></p>', "<p><strong>a</strong> b</p>"),
    ('<p><span style="FONT-WEIGHT: 700 !important">a</span></p>', "<p><strong>a</strong></p>"),
    ('<p><em style="font-style:normal">a</em> <span style="font-style:oblique 10deg">b</span></p>', "<p>a <em>b</em></p>"),
    ("<p>un<b>believ </b>able<b> </b></p>", "<p>un<strong>believ</strong> able</p>"),
    ("<p><b>a</b><b> b</b></p>", "<p><strong>a b</strong></p>"),
    ("<p><i>a <b>b</b> c</i></p>", "<p><em>a <strong>b</strong> c</em></p>"),
    ("<b>a</b>", "<p><strong>a</strong></p>"),
    # words outside, nothing, and spaces
    ("bare<p>in it</p>bare", "<p>bare</p><p>in it</p><p>bare</p>"),
    ("<div>a<div>b</div><p><br></p>c</div>", "<p>a</p><p>b</p><p>c</p>"),
    ("<p> </p><p>&nbsp;</p><p><br></p><p><b> </b></p><p>x</p><br><br>", "<p>x</p>"),
    ("<p>a&nbsp;&nbsp; b&nbsp;c\n d</p>", "<p>a b&nbsp;c d</p>"),
    ("<p><br>a<br> b <br><br></p>", "<p>a<br>b</p>"),
    ("<blockquote>a</blockquote><blockquote><p> </p></blockquote>", "<blockquote><p>a</p></blockquote>"),
    # lists
    ("<ul><li>a</li><ul><li>b</li></ul></ul>", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
    ("<ul><li> </li><li>a</li></ul><ol><li></li></ol>", "<ul><li>a</li></ul>"),
    ("<li>a</li><li>b</li>", "<ul><li>a</li><li>b</li></ul>"),
    ("<ul>\n<li>a<p>b</p></li>\n</ul>", "<ul><li><p>a</p><p>b</p></li></ul>"),
    ("<p>·&nbsp;&nbsp;&nbsp; a</p><p>·&nbsp;&nbsp;&nbsp; b</p>", "<ul><li>a</li><li>b</li></ul>"),
    ("<p>2.&nbsp;&nbsp;&nbsp;&nbsp; <b>a</b></p><p>3.&nbsp;&nbsp; b</p>", '<ol start="2"><li><strong>a</strong></li><li>b</li></ol>'),
    ("<p>1. a</p><p>o b</p><p>· c</p>", "<p>1. a</p><p>o b</p><p>· c</p>"),
    # tables
    ("<table><tr><td>a</td><td></td><td>b<br>c</td></tr></table>", "<p>a – b<br>c</p>"),
    ("<table><tr><td><p>a</p><p>b</p></td><td>c</td></tr></table>", "<p>a</p><p>b</p><p>c</p>"),
    ("<table><tr><td><ul><li>a</li></ul></td></tr></table>", "<ul><li>a</li></ul>"),
    # links
    ('<p><a name="x">a</a> <a>b</a> <a href="">c</a></p>', "<p>a b c</p>"),
    ('<p><a href="javascript:alert(1)">a</a></p>', "<p>a</p>"),
    ('<p>x<a href="https://example.org"> </a>y</p>', "<p>x y</p>"),
    ('<p><a href="https://example.org" style="color:red" class="x"><b>a</b> b</a></p>',
     '<p><a href="https://example.org"><strong>a</strong> b</a></p>'),
]  # fmt: skip

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::*;

const MANIFEST: (&str, &str) = ("mutiny.json", r#"{ "id": "a", "name": "A", "version": "1.0.0" }"#);

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (file, content) in files {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    folder
}

/// What is found in an app of these files, as `file:line:column severity code`.
fn found(files: &[(&str, &str)]) -> Vec<String> {
    shown(&check(folder(files).path()).unwrap())
}

fn shown(report: &Report) -> Vec<String> {
    let line = |finding: &Finding| {
        assert!(finding.message.ends_with('.'), "no sentence: {}", finding.message);
        let numbers =
            [finding.line, finding.column].iter().flatten().map(|number| format!(":{number}")).collect::<String>();
        let severity = if finding.severity == Severity::Error { "error" } else { "warning" };
        format!("{}{numbers} {severity} {}", finding.file, finding.code)
    };
    report.findings.iter().map(line).collect()
}

/// What is found in a page with this line in it.
fn in_page(line: &str) -> Vec<String> {
    let page = format!("<!doctype html>\n{line}\n");
    found(&[MANIFEST, ("index.html", &page), ("own.png", ""), ("own.js", ""), ("own.css", ""), ("own.html", "")])
}

#[test]
fn every_app_of_this_repository_is_good() {
    let apps = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../apps");
    let folders = fs::read_dir(apps).unwrap().map(|entry| entry.unwrap().path());
    // A bot's folder has the app beside the bot.
    let apps: Vec<_> =
        folders.map(|folder| if folder.join("app").exists() { folder.join("app") } else { folder }).collect();
    assert!(apps.len() >= 7, "{apps:?}");
    for app in apps {
        let report = check(&app).unwrap();
        assert_eq!(shown(&report), [""; 0], "{}", app.display());
        assert!(report.app.is_some() && report.files > 2, "{}", app.display());
    }
}

#[test]
fn what_an_app_brings_along_is_welcome() {
    for line in [
        "<script type=\"module\" src=\"own.js?v=1\"></script><link rel=stylesheet href=./own.css>",
        "<img src=own.png srcset='own.png 1x, data:image/png;base64,AA== 2x'><img src='data:image/png;base64,AA=='>",
        "<iframe src=own.html></iframe><iframe srcdoc='<p>hello'></iframe><iframe src=about:blank></iframe>",
        "<a href='#top'>x</a><a href=own.html#x>x</a><a href=/>x</a><a href='mailto:ana@example.org'>x</a>",
        "<style>p { background: url(own.png) }</style><p style='background: url(&quot;own.png&quot;)'>",
        "<script type='application/json'>{ \"a\": 1 }</script><script src=own.js> </script>",
        "<form><button formmethod=dialog>x</button></form><!-- <script>alert(1)</script> -->",
        "<svg><use href='#x' /><image href=own.png /></svg><link rel=canonical href='https://example.org'>",
        "<textarea><script>no script</script></textarea>",
    ] {
        assert_eq!(in_page(line), [""; 0], "{line}");
    }
}

#[test]
fn what_the_walls_refuse_is_found_at_its_place() {
    for (line, expected) in [
        ("<script src=\"https://cdn.example/x.js\"></script>", ":2:14 error remote-script"),
        ("<script src=data:text/javascript,1></script>", ":2:13 error refused"),
        ("<p>é<script>alert(1)</script>", ":2:5 error inline-script"),
        ("<script type=importmap>{}</script>", ":2:1 error inline-script"),
        ("<link rel=stylesheet href='//x.example/a.css'>", ":2:28 error remote-style"),
        ("<style>\n@import 'https://x.example/a.css';</style>", ":3:9 error remote-style"),
        ("<style>@font-face { src: url(http://x.example/a.woff2) }</style>", ":2:26 error remote-font"),
        ("<p style='background: url(https://x.example/a.png)'>", ":2:23 error remote-image"),
        ("<img src=http://x.example/a.png>", ":2:10 error remote-image"),
        ("<img srcset='own.png, https://x.example/a.png 2x'>", ":2:23 error remote-image"),
        ("<video poster=own.png src=https://x.example/a.mp4></video>", ":2:27 error remote-media"),
        ("<iframe src='https://x.example'></iframe>", ":2:14 error remote-frame"),
        ("<iframe src='data:text/html,x'></iframe>", ":2:14 error refused"),
        ("<object data=own.png></object>", ":2:14 error refused"),
        ("<embed src=https://x.example/a.pdf>", ":2:12 error remote-object"),
        ("<button onclick='go()'>", ":2:18 error inline-handler"),
        ("<a href='javascript:go()'>", ":2:10 error inline-script"),
        ("<a href='https://example.org'>", ":2:10 warning remote-link"),
        ("<form action='/send'>", ":2:15 error refused"),
        ("<button formaction='own.html'>", ":2:21 error refused"),
        ("<base href='/'>", ":2:13 error refused"),
        ("<meta http-equiv=refresh content='0; url=https://x.example'>", ":2:35 error remote-page"),
        ("<link rel='preconnect' href='https://x.example'>", ":2:30 warning remote-hint"),
        ("<svg><image xlink:href='https://x.example/a.png' /></svg>", ":2:25 error remote-image"),
    ] {
        assert_eq!(in_page(line), [format!("index.html{expected}")], "{line}");
    }
}

#[test]
fn what_is_missing_is_found_at_its_place() {
    for (line, expected) in [
        ("<script src=main.js></script>", ":2:13 error missing-file"),
        ("<img src='Own.png'>", ":2:11 error missing-file"),
        ("<link rel=icon href=img/x.svg>", ":2:21 error missing-file"),
        ("<a href=there.html>", ":2:9 warning missing-file"),
        ("<style>p { background: url(x.png) }</style>", ":2:24 error missing-file"),
    ] {
        assert_eq!(in_page(line), [format!("index.html{expected}")], "{line}");
    }
    let report = check(folder(&[MANIFEST, ("index.html", "<img src=Logo.png>"), ("logo.png", "")]).path()).unwrap();
    assert!(report.findings[0].message.contains("There is logo.png: upper and lower case count."));
}

#[test]
fn style_sheets_and_scripts_are_looked_through_as_well() {
    let css = "p {\n  background: url(../a.png) }\n@import url(https://x.example/b.css);";
    let js = "import './b.js';\nimport x from 'lodash';\nimport 'https://x.example/c.js';\n\
              await fetch('https://x.example/');\nnew WebSocket(`wss://x.example`);\neval('1');\nfetch('/a.json');";
    assert_eq!(
        found(&[
            MANIFEST,
            ("index.html", ""),
            ("style/a.css", css),
            ("src/a.js", js),
            ("src/b.mjs", "import './a.js'")
        ]),
        [
            "src/a.js:1:8 warning missing-file",
            "src/a.js:2:15 warning bare-import",
            "src/a.js:3:8 warning remote-script",
            "src/a.js:4:13 warning remote-connection",
            "src/a.js:5:15 warning remote-connection",
            "src/a.js:6:5 warning eval",
            "style/a.css:2:15 error missing-file",
            "style/a.css:3:9 error remote-style",
        ]
    );
}

#[test]
fn what_an_app_s_window_has_not_is_warned_of() {
    let js = "navigator.serviceWorker.register('sw.js');\nnavigator.mediaDevices.getUserMedia({ audio: true });\n\
              new RTCPeerConnection();\nwindow.open('a.html');\nawait mutiny.peers();";
    let expected = [
        "a.js:1:33 warning service-worker",
        "a.js:2:36 warning devices",
        "a.js:3:22 warning webrtc",
        "a.js:4:12 warning new-window",
        "a.js:5:19 warning permission",
    ];
    assert_eq!(found(&[MANIFEST, ("index.html", ""), ("a.js", js)]), expected);

    // Who asks for the permission may have it, and without a manifest nobody may.
    let asks = MANIFEST.1.replace('}', r#", "permissions": ["peers"] }"#);
    assert_eq!(found(&[("mutiny.json", &asks), ("index.html", ""), ("a.js", js)]), expected[..4]);
    let without = found(&[("index.html", ""), ("a.js", "mutiny.peers()")]);
    assert_eq!(without, ["a.js:1:13 warning permission", "mutiny.json warning no-manifest"]);
    let broken = found(&[("mutiny.json", "{"), ("index.html", ""), ("a.js", "mutiny.peers()")]);
    assert_eq!(broken, ["mutiny.json:1:1 error manifest"]);
}

#[test]
fn scripts_in_pictures_are_warned_of() {
    let drawing = "<svg xmlns=\"http://www.w3.org/2000/svg\"><style>a {}</style>\n\
                   <script href=\"a.js\"/><circle onclick=\"go()\" r=\"1\" />\n\
                   <script><![CDATA[ if (1 < 2) alert('<p onload>') ]]></script><title>on click</title></svg>";
    assert_eq!(
        found(&[
            MANIFEST,
            ("index.html", ""),
            ("a.svg", drawing),
            ("b.SVG", "<svg><!-- <script/> --><g one='1'/></svg>")
        ]),
        ["a.svg:2:1 warning script-in-svg", "a.svg:2:30 warning script-in-svg", "a.svg:3:1 warning script-in-svg"]
    );
}

#[test]
fn every_problem_of_a_manifest_has_its_place() {
    let manifest = "{\n  \"id\": \"a b\",\n  \"nam\": \"A\",\n  \"version\": \"1\"\n}";
    assert_eq!(
        found(&[("mutiny.json", manifest), ("index.html", "")]),
        [
            "mutiny.json:1:1 error manifest",
            "mutiny.json:2:9 error manifest",
            "mutiny.json:3:3 error manifest",
            "mutiny.json:4:14 error manifest",
        ]
    );
    assert_eq!(found(&[("mutiny.json", "{\n  \"id\": }"), ("index.html", "")]), ["mutiny.json:2:9 error manifest"]);
    let not_text = folder(&[("index.html", "")]);
    fs::write(not_text.path().join("mutiny.json"), b"\xff").unwrap();
    assert_eq!(shown(&check(not_text.path()).unwrap()), ["mutiny.json error manifest"]);
}

#[test]
fn what_a_manifest_names_is_looked_for() {
    let manifest =
        "{ \"id\": \"a\", \"name\": \"A\", \"version\": \"1.0.0\",\n \"entry\": \"a.html\",\n \"icon\": \"i.png\" }";
    assert_eq!(
        found(&[("mutiny.json", manifest), ("b.html", "")]),
        ["mutiny.json:2:2 error missing-file", "mutiny.json:3:2 error missing-file"]
    );
    let manifest = manifest.replace("a.html", "a.txt").replace("i.png", "i.pdf");
    assert_eq!(
        found(&[("mutiny.json", &manifest), ("a.txt", ""), ("i.pdf", "")]),
        ["mutiny.json:2:2 error entry", "mutiny.json:3:2 error icon"]
    );
}

#[test]
fn a_folder_without_a_manifest_opens_and_is_warned_of() {
    assert_eq!(found(&[("index.html", "")]), ["mutiny.json warning no-manifest"]);
    assert_eq!(found(&[("a.txt", "")]), ["index.html error missing-file", "mutiny.json warning no-manifest"]);
}

#[test]
fn what_no_package_may_hold_is_an_error_of_the_whole() {
    let odd = folder(&[MANIFEST, ("index.html", "")]);
    fs::write(odd.path().join("a\\b"), "").unwrap();
    assert_eq!(shown(&check(odd.path()).unwrap()), [". error package"]);
    assert!(matches!(check(&odd.path().join("none")), Err(crate::Error::Core(Error::MissingFolder(_)))));
}

#[test]
fn files_that_are_odd_as_a_whole_are_warned_of() {
    let app = folder(&[MANIFEST, ("index.html", ""), ("A.css", ""), ("a.css", "")]);
    fs::File::create(app.path().join("film.mp4")).unwrap().set_len(60 << 20).unwrap();
    fs::File::create(app.path().join("big.js")).unwrap().set_len(9 << 20).unwrap();
    fs::write(app.path().join("latin.html"), b"<p>\xe9").unwrap();
    assert_eq!(
        shown(&check(app.path()).unwrap()),
        [
            ". warning large-app",
            "a.css error bad-name",
            "big.js warning not-checked",
            "film.mp4 warning large-file",
            "latin.html warning not-utf8",
        ]
    );
}

#[test]
fn a_report_reads_like_a_compiler_s() {
    let app = folder(&[MANIFEST, ("index.html", "\n <img src=x.png>")]);
    let mut report = check(app.path()).unwrap();
    report.folder = "my-app".into();
    assert_eq!(
        report.to_string(),
        "my-app/index.html:2:11: error: This image is to be x.png, and there is no such file in the app. [missing-file]\n\n\
         A 1.0.0 (a): 2 files, 63 bytes\n1 error."
    );
    let json = serde_json::json!(report);
    assert_eq!(json["findings"][0]["line"], 2);
    assert_eq!(json["findings"][0]["severity"], "error");
    assert_eq!((&json["errors"], &json["app"]["id"]), (&1.into(), &"a".into()));
}

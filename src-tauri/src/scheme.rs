//! Serves an instance's files: `mutiny-app://<uuid>/…`.
//!
//! Every webview can reach every registered scheme, so the first thing to ask is who is asking: the webview's label has
//! to belong to the uuid in the address.

use mutiny_core::{Host, Resource};
use tauri::http::header::CONTENT_TYPE;
use tauri::http::{Method, Request, Response, StatusCode};
use tauri::{Manager, UriSchemeContext, UriSchemeResponder, Wry, async_runtime};
use uuid::Uuid;

use crate::{label, page, walls};

/// The scheme of every instance's origin. The host part of the address keeps their storage apart.
pub(crate) const SCHEME: &str = "mutiny-app";

/// Answers a request for an app's file.
pub(crate) fn serve(context: UriSchemeContext<'_, Wry>, request: Request<Vec<u8>>, responder: UriSchemeResponder) {
    let asked = Asked::read(context.webview_label(), &request);
    let host = context.app_handle().try_state::<Host>().map(|host| host.inner().clone());
    async_runtime::spawn(async move {
        let answer = match (asked, host) {
            (Ok(asked), Some(host)) => host.resource(asked.instance, &asked.path).await.map_err(Refusal::from),
            (Err(refusal), _) => Err(refusal),
            (Ok(_), None) => Err(mutiny_core::Error::Stopped.into()),
        };
        responder.respond(answer.map_or_else(Refusal::into_response, respond));
    });
}

/// What a request asks for, once it is clear that it may.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    instance: Uuid,
    /// As it stands in the URL: the core decodes it, once, and refuses what leaves the folder.
    path: String,
}

impl Asked {
    fn read(webview: &str, request: &Request<Vec<u8>>) -> Result<Self, Refusal> {
        let instance = label::instance(webview).ok_or_else(Refusal::foreign)?;
        let uri = request.uri();
        if uri.authority().map(|authority| authority.as_str()) != Some(instance.to_string().as_str()) {
            return Err(Refusal::foreign());
        }
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "An app's files can only be read."));
        }
        Ok(Self { instance, path: uri.path().to_owned() })
    }
}

/// Why a file is not served.
#[derive(Debug, PartialEq, Eq)]
struct Refusal {
    status: StatusCode,
    sentence: String,
}

impl Refusal {
    fn new(status: StatusCode, sentence: impl Into<String>) -> Self {
        Self { status, sentence: sentence.into() }
    }

    fn foreign() -> Self {
        Self::new(StatusCode::FORBIDDEN, "These files belong to another app.")
    }

    fn into_response(self) -> Response<Vec<u8>> {
        guarded(self.status, "text/html; charset=utf-8", page::of(&self.sentence).into_bytes())
    }
}

impl From<mutiny_core::Error> for Refusal {
    fn from(error: mutiny_core::Error) -> Self {
        use mutiny_core::Error;
        let status = match error {
            Error::NoSuchFile(_) | Error::UnknownInstance(_) => StatusCode::NOT_FOUND,
            Error::InvalidArgument(_) => StatusCode::BAD_REQUEST,
            Error::Stopped => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self::new(status, error.to_string())
    }
}

fn respond(resource: Resource) -> Response<Vec<u8>> {
    guarded(StatusCode::OK, &resource.media_type, resource.content)
}

/// The only place where responses are made, so that none is without its walls.
fn guarded(status: StatusCode, media_type: &str, content: Vec<u8>) -> Response<Vec<u8>> {
    let mut response = Response::new(content);
    *response.status_mut() = status;
    if let Ok(media_type) = media_type.parse() {
        response.headers_mut().insert(CONTENT_TYPE, media_type);
    }
    walls::guard(response.headers_mut());
    response
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    const OWN: &str = "app-0190a0b0-c0d0-7e0f-8123-456789abcdef";

    fn ask(webview: &str, method: Method, uri: &str) -> Result<String, StatusCode> {
        let request = Request::builder().method(method).uri(uri).body(Vec::new()).unwrap();
        Asked::read(webview, &request).map(|asked| asked.path).map_err(|refusal| refusal.status)
    }

    fn get(path: &str) -> Result<String, StatusCode> {
        ask(OWN, Method::GET, &format!("mutiny-app://0190a0b0-c0d0-7e0f-8123-456789abcdef{path}"))
    }

    #[test]
    fn an_instance_reads_its_own_files() {
        assert_eq!(get("/").as_deref(), Ok("/"));
        assert_eq!(get("/a/b.js?v=1").as_deref(), Ok("/a/b.js"));
    }

    #[test]
    fn a_path_is_for_the_core_to_decode_and_arrives_there_as_written() {
        for path in ["/gr%C3%BC%C3%9Fe%20an%20alle.html", "/100%25.txt", "/%2e%2e/%2e%2e/etc/passwd", "/a%00b", "/%ff"]
        {
            assert_eq!(get(path).as_deref(), Ok(path));
        }
    }

    #[test]
    fn nobody_else_reads_them() {
        let uri = "mutiny-app://0190a0b0-c0d0-7e0f-8123-456789abcdef/";
        for webview in ["launcher", "", "app-", "app-0190a0b0-c0d0-7e0f-8123-456789abcdee", "app-*"] {
            assert_eq!(ask(webview, Method::GET, uri), Err(StatusCode::FORBIDDEN), "{webview}");
        }
    }

    #[test]
    fn an_instance_reads_no_other_origin() {
        for uri in [
            "mutiny-app://0190a0b0-c0d0-7e0f-8123-456789abcdee/",
            "mutiny-app://0190A0B0-C0D0-7E0F-8123-456789ABCDEF/",
            "mutiny-app://0190a0b0-c0d0-7e0f-8123-456789abcdef:80/",
            "mutiny-app://ana@0190a0b0-c0d0-7e0f-8123-456789abcdef/",
            "mutiny-app://localhost/",
            "/0190a0b0-c0d0-7e0f-8123-456789abcdef/",
        ] {
            assert_eq!(ask(OWN, Method::GET, uri), Err(StatusCode::FORBIDDEN), "{uri}");
        }
    }

    #[test]
    fn files_are_only_read() {
        let uri = "mutiny-app://0190a0b0-c0d0-7e0f-8123-456789abcdef/";
        assert_eq!(ask(OWN, Method::POST, uri), Err(StatusCode::METHOD_NOT_ALLOWED));
        assert_eq!(ask(OWN, Method::HEAD, uri).as_deref(), Ok("/"));
    }

    fn assert_guarded(response: &Response<Vec<u8>>) {
        let headers = response.headers();
        assert!(headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
        assert!(headers["permissions-policy"].to_str().unwrap().contains("camera=()"));
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert_eq!(headers["cross-origin-opener-policy"], "same-origin");
        assert!(headers.contains_key("content-type"));
    }

    #[test]
    fn a_file_comes_with_walls() {
        let resource = Resource { content: b"hello".to_vec(), media_type: "text/plain; charset=utf-8".into() };
        let response = respond(resource);
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/plain; charset=utf-8");
        assert_eq!(response.body(), b"hello");
        assert_guarded(&response);
    }

    #[test]
    fn so_does_a_missing_file_and_it_says_what_is_wrong() {
        let response = Refusal::from(mutiny_core::Error::NoSuchFile("/x.js".into())).into_response();
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        let body = String::from_utf8(response.body().clone()).unwrap();
        assert!(body.contains("This app has no file at /x.js."), "{body}");
        assert_guarded(&response);
    }

    #[test]
    fn so_does_a_refusal() {
        let response = Refusal::foreign().into_response();
        assert_eq!(response.status(), StatusCode::FORBIDDEN);
        assert_guarded(&response);
    }
}

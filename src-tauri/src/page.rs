//! The page that an app's window shows where a file should be and is not.

/// A page that says one sentence.
pub(crate) fn of(sentence: &str) -> String {
    let sentence = escape(sentence);
    format!(
        "<!doctype html>\n\
         <html lang=\"en\">\n\
         <meta charset=\"utf-8\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>Mutiny</title>\n\
         <style>body {{ font: 15px/1.6 system-ui, sans-serif; max-width: 34em; margin: 20vh auto; padding: 0 24px; \
         overflow-wrap: anywhere }}</style>\n\
         <p>{sentence}</p>\n\
         </html>\n"
    )
}

/// Sentences quote paths and manifests, so they hold whatever an app's author likes.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_stays_text() {
        let page = of("This app has no file at /<script>&amp;.");
        assert!(page.contains("<p>This app has no file at /&lt;script&gt;&amp;amp;.</p>"), "{page}");
    }
}

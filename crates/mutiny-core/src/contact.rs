//! Contact links: all that a person needs to add another, as one line of text or a QR code.
//!
//! `mutiny:<peer id>?name=<name>&address=<multiaddr>&address=…`

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;

use libp2p::multiaddr::Protocol;
use libp2p::{Multiaddr, PeerId};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use qrcode::{EcLevel, QrCode};

use crate::error::{Error, Result};
use crate::name;

/// The scheme of contact links.
const SCHEME: &str = "mutiny:";
/// Most addresses a link may hold.
const MAX_ADDRESSES: usize = 16;
/// Longest link that is looked at, in bytes; the longest valid one is well below it.
const MAX_LENGTH: usize = 8 * 1024;

/// What is encoded in a value: everything but what RFC 3986 lets stand in a query. `+` is encoded too, since
/// readers take it for a space.
const VALUE: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/').remove(b':');

/// Who a peer is and where it was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ContactLink {
    /// The peer.
    pub(crate) peer: PeerId,
    /// What its person calls itself, if it said.
    pub(crate) name: Option<String>,
    /// Where it can be dialled, without `/p2p/…`.
    pub(crate) addresses: Vec<Multiaddr>,
}

impl ContactLink {
    /// A link for `peer`. Addresses that a link cannot hold are left out, so that every link made here can be read.
    pub(crate) fn new(peer: PeerId, name: &str, addresses: impl IntoIterator<Item = Multiaddr>) -> Self {
        let mut kept: Vec<Multiaddr> = Vec::new();
        for address in addresses {
            match dialable(peer, address) {
                Ok(address) if !kept.contains(&address) && kept.len() < MAX_ADDRESSES => kept.push(address),
                _ => {}
            }
        }
        Self { peer, name: name::clean(name), addresses: kept }
    }

    /// The link as a QR code: a standalone SVG document, black on white, with the quiet zone that scanners need.
    pub(crate) fn qr_svg(&self) -> Result<String> {
        let link = self.to_string();
        let code = QrCode::with_error_correction_level(&link, EcLevel::M)
            .or_else(|_| QrCode::with_error_correction_level(&link, EcLevel::L))
            .map_err(|_| bad("it is too long for a QR code."))?;
        Ok(code.render::<qrcode::render::svg::Color<'_>>().quiet_zone(true).build())
    }
}

impl fmt::Display for ContactLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SCHEME}{}", self.peer)?;
        let name = self.name.iter().map(|name| ("name", name.clone()));
        let addresses = self.addresses.iter().map(|address| ("address", address.to_string()));
        for (index, (key, value)) in name.chain(addresses).enumerate() {
            let separator = if index == 0 { '?' } else { '&' };
            write!(f, "{separator}{key}={}", utf8_percent_encode(&value, VALUE))?;
        }
        Ok(())
    }
}

impl FromStr for ContactLink {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let text = text.trim();
        if text.is_empty() {
            return Err(bad("it is empty."));
        }
        if text.len() > MAX_LENGTH {
            return Err(bad("it is far too long."));
        }
        if text.starts_with('/') {
            return of_address(text);
        }
        let Some((_, rest)) =
            text.split_at_checked(SCHEME.len()).filter(|(scheme, _)| scheme.eq_ignore_ascii_case(SCHEME))
        else {
            return Err(bad(match text.parse::<PeerId>() {
                Ok(_) => "it is only a peer id, without the rest of the link.".to_owned(),
                Err(_) => "it does not start with \u{201c}mutiny:\u{201d}.".to_owned(),
            }));
        };
        let rest = rest.strip_prefix("//").unwrap_or(rest);
        let rest = rest.split('#').next().unwrap_or_default();
        let (id, query) = rest.split_once('?').unwrap_or((rest, ""));
        let id = id.trim_end_matches('/');
        if id.is_empty() {
            return Err(bad("the peer id is missing."));
        }
        let peer: PeerId = id.parse().map_err(|_| bad("its peer id is damaged or incomplete."))?;

        let mut name = None;
        let mut addresses: Vec<Multiaddr> = Vec::new();
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*key {
                "name" if name.is_none() => name = name::clean(&value),
                "address" => {
                    let address = value
                        .parse()
                        .map_err(|_| bad(format!("\u{201c}{}\u{201d} in it is not an address.", shown(&value))))?;
                    let address = dialable(peer, address).map_err(|problem| {
                        bad(format!("the address \u{201c}{}\u{201d} in it {problem}.", shown(&value)))
                    })?;
                    if !addresses.contains(&address) {
                        addresses.push(address);
                    }
                }
                _ => {}
            }
            if addresses.len() > MAX_ADDRESSES {
                return Err(bad(format!("it has more than {MAX_ADDRESSES} addresses.")));
            }
        }
        Ok(Self { peer, name, addresses })
    }
}

/// What a person pastes who has only an address: a multiaddr that ends in `/p2p/<peer id>`.
fn of_address(text: &str) -> Result<ContactLink> {
    let address: Multiaddr =
        text.parse().map_err(|_| bad(format!("\u{201c}{}\u{201d} is not an address.", shown(text))))?;
    let Some(Protocol::P2p(peer)) = address.iter().last() else {
        return Err(bad("an address has to end in /p2p/ and the peer id."));
    };
    let address = dialable(peer, address)
        .map_err(|problem| bad(format!("the address \u{201c}{}\u{201d} {problem}.", shown(text))))?;
    Ok(ContactLink { peer, name: None, addresses: vec![address] })
}

/// The address without `/p2p/<peer>`, if this host could dial it; else the problem, as the end of a sentence.
fn dialable(peer: PeerId, mut address: Multiaddr) -> Result<Multiaddr, &'static str> {
    if let Some(Protocol::P2p(id)) = address.iter().last() {
        if id != peer {
            return Err("belongs to another peer than the link");
        }
        address.pop();
    }
    let mut parts = address.iter();
    let ip = match parts.next() {
        Some(Protocol::Ip4(ip)) => IpAddr::V4(ip),
        Some(Protocol::Ip6(ip)) => IpAddr::V6(ip),
        _ => return Err("does not start with /ip4 or /ip6"),
    };
    if ip.is_unspecified() || ip.is_multicast() || ip == IpAddr::V4(Ipv4Addr::BROADCAST) {
        return Err("does not lead to one computer");
    }
    let port = match (parts.next(), parts.next()) {
        (Some(Protocol::Tcp(port)), None) => port,
        (Some(Protocol::Udp(port)), Some(Protocol::QuicV1)) => port,
        _ => return Err("is neither TCP nor QUIC"),
    };
    if port == 0 {
        return Err("has no port");
    }
    if parts.next().is_some() {
        return Err("is longer than a direct address");
    }
    Ok(address)
}

/// A piece of a link as an error may quote it.
fn shown(value: &str) -> String {
    name::clean(value).unwrap_or_default()
}

fn bad(problem: impl Into<String>) -> Error {
    Error::BadContactLink(problem.into())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    const ANA: &str = "12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp";
    const BOB: &str = "12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5";

    fn ana() -> PeerId {
        ANA.parse().unwrap()
    }

    fn address(text: &str) -> Multiaddr {
        text.parse().unwrap()
    }

    fn problem(link: &str) -> String {
        match link.parse::<ContactLink>() {
            Err(Error::BadContactLink(problem)) => problem,
            other => panic!("{link:?} gave {other:?}"),
        }
    }

    #[test]
    fn a_link_reads_as_one_line_without_needless_escapes() {
        let link = ContactLink::new(ana(), "Ana María", [address("/ip4/192.168.1.7/tcp/4001")]);
        assert_eq!(link.to_string(), format!("mutiny:{ANA}?name=Ana%20Mar%C3%ADa&address=/ip4/192.168.1.7/tcp/4001"));
    }

    #[test]
    fn links_survive_the_round_trip() {
        let addresses = [
            "/ip4/127.0.0.1/tcp/4001",
            "/ip4/10.0.0.2/udp/4001/quic-v1",
            "/ip6/fe80::1/tcp/9",
            "/ip6/2001:db8::1/udp/65535/quic-v1",
        ];
        for name in ["", "Ana", "a&b=c?d#e+f%20g;h\"<i>", "Ана 👋", "محمد", "50%", "\u{4f60}\u{597d}"] {
            for count in 0..=addresses.len() {
                let link = ContactLink::new(ana(), name, addresses[..count].iter().map(|a| address(a)));
                assert_eq!(link.addresses.len(), count);
                assert_eq!(link.name.as_deref().unwrap_or_default(), name);
                assert_eq!(link.to_string().parse::<ContactLink>().unwrap(), link, "{link}");
            }
        }
    }

    #[test]
    fn what_people_paste_is_understood() {
        let tcp = "/ip4/127.0.0.1/tcp/4001";
        let expected = ContactLink::new(ana(), "Ana", [address(tcp)]);
        for text in [
            format!("mutiny:{ANA}?name=Ana&address={tcp}"),
            format!(" \n\tmutiny:{ANA}?name=Ana&address={tcp}\r\n"),
            format!("mutiny://{ANA}?name=Ana&address={tcp}"),
            format!("mutiny://{ANA}/?name=Ana&address={tcp}"),
            format!("MUTINY:{ANA}?name=Ana&address={tcp}"),
            format!("mutiny:{ANA}?v=2&colour=red&name=Ana&name=Eve&address={tcp}#top"),
            format!("mutiny:{ANA}?name=%20A\u{202e}n%00a+&address=%2Fip4%2F127.0.0.1%2Ftcp%2F4001"),
            format!("mutiny:{ANA}?name=Ana&address={tcp}&address={tcp}/p2p/{ANA}"),
        ] {
            assert_eq!(text.parse::<ContactLink>().unwrap(), expected, "{text:?}");
        }
        let pasted: ContactLink = format!(" {tcp}/p2p/{ANA}\n").parse().unwrap();
        assert_eq!(pasted, ContactLink::new(ana(), "", [address(tcp)]));
        let bare: ContactLink = format!("mutiny:{ANA}").parse().unwrap();
        assert_eq!(bare, ContactLink::new(ana(), "", []));
    }

    #[test]
    fn malformed_links_say_what_is_wrong() {
        let with = |address: &str| format!("mutiny:{ANA}?address={address}");
        for (link, expected) in [
            (String::new(), "it is empty"),
            ("  \n".to_owned(), "it is empty"),
            ("hello".to_owned(), "does not start with"),
            ("é".to_owned(), "does not start with"),
            ("https://example.org/".to_owned(), "does not start with"),
            (ANA.to_owned(), "only a peer id"),
            ("mutiny:".to_owned(), "peer id is missing"),
            ("mutiny://?name=Ana".to_owned(), "peer id is missing"),
            ("mutiny:nobody".to_owned(), "damaged or incomplete"),
            (format!("mutiny:{}", &ANA[..40]), "damaged or incomplete"),
            ("/ip4/127.0.0.1/tcp/1".to_owned(), "has to end in /p2p/"),
            (format!("/dns4/example.org/tcp/1/p2p/{ANA}"), "does not start with /ip4 or /ip6"),
            ("/nowhere".to_owned(), "is not an address"),
            (with("nowhere"), "\u{201c}nowhere\u{201d} in it is not an address"),
            (with(""), "does not start with /ip4 or /ip6"),
            (with("/dns4/example.org/tcp/1"), "does not start with /ip4 or /ip6"),
            (with("/ip4/127.0.0.1"), "neither TCP nor QUIC"),
            (with("/ip4/127.0.0.1/udp/1"), "neither TCP nor QUIC"),
            (with("/ip4/127.0.0.1/tcp/1/ws"), "neither TCP nor QUIC"),
            (with("/ip4/127.0.0.1/udp/1/quic-v1/webtransport"), "longer than a direct address"),
            (with("/ip4/127.0.0.1/tcp/0"), "has no port"),
            (with("/ip4/0.0.0.0/tcp/1"), "does not lead to one computer"),
            (with("/ip4/255.255.255.255/tcp/1"), "does not lead to one computer"),
            (with("/ip6/ff02::1/udp/1/quic-v1"), "does not lead to one computer"),
            (with(&format!("/ip4/127.0.0.1/tcp/1/p2p/{BOB}")), "another peer"),
            (format!("mutiny:{ANA}?name={}", "a".repeat(MAX_LENGTH)), "far too long"),
        ] {
            let found = problem(&link);
            assert!(found.contains(expected), "{link:?} gave {found:?}");
            assert!(found.ends_with('.'), "{found:?} is no sentence");
        }
    }

    #[test]
    fn sixteen_addresses_are_enough() {
        let many: Vec<_> = (1..=17).map(|port| address(&format!("/ip4/127.0.0.1/tcp/{port}"))).collect();
        assert_eq!(ContactLink::new(ana(), "", many.clone()).addresses, many[..16]);
        let link = ContactLink { peer: ana(), name: None, addresses: many };
        assert!(problem(&link.to_string()).contains("more than 16"));
    }

    #[test]
    fn a_link_made_here_leaves_out_what_cannot_be_dialled() {
        let link = ContactLink::new(
            ana(),
            "Ana",
            [
                address("/ip4/0.0.0.0/tcp/1"),
                address(&format!("/ip4/127.0.0.1/tcp/1/p2p/{ANA}")),
                address("/ip4/127.0.0.1/tcp/1"),
            ],
        );
        assert_eq!(link.addresses, [address("/ip4/127.0.0.1/tcp/1")]);
    }

    /// What a scanner makes of a QR code: reads the dark modules of the drawing, `M<x> <y>h<width>v<height>…` each.
    fn scanned(svg: &str) -> String {
        let size: usize = svg.split_once("width=\"").unwrap().1.split_once('"').unwrap().0.parse().unwrap();
        let drawing = svg.rsplit_once(" d=\"").unwrap().1.split_once('"').unwrap().0;
        let mut dark = vec![false; size * size];
        for module in drawing.split('M').filter(|module| !module.is_empty()) {
            let mut numbers =
                module.split(|c: char| !c.is_ascii_digit()).map(|number| number.parse::<usize>().unwrap());
            let [x, y, width, height] = std::array::from_fn(|_| numbers.next().unwrap());
            for row in y..y + height {
                dark[row * size + x..row * size + x + width].fill(true);
            }
        }
        let pixel = |x, y| if dark[y * size + x] { 0 } else { 255 };
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(size, size, pixel);
        let [code] = &image.detect_grids()[..] else { panic!("not one QR code") };
        code.decode().unwrap().1
    }

    #[test]
    fn the_qr_code_holds_the_contact_link() {
        let few = [address("/ip4/192.168.1.7/tcp/4001"), address("/ip4/192.168.1.7/udp/4001/quic-v1")];
        let many = (1..=16).map(|n| address(&format!("/ip4/192.168.1.{n}/tcp/4001")));
        for link in [ContactLink::new(ana(), "Ana María", few), ContactLink::new(ana(), "Ana", many)] {
            let scanned = scanned(&link.qr_svg().unwrap());
            assert_eq!(scanned, link.to_string());
            assert_eq!(scanned.parse::<ContactLink>().unwrap(), link);
        }
    }

    #[test]
    fn the_qr_code_is_a_standalone_svg_even_for_the_longest_link() {
        let addresses =
            (1..=16).map(|n| address(&format!("/ip6/2001:db8:1111:2222:3333:4444:5555:{n:x}/udp/65535/quic-v1")));
        let link = ContactLink::new(ana(), &"👋".repeat(name::MAX_CHARS), addresses);
        let svg = link.qr_svg().unwrap();
        assert!(svg.contains("<svg xmlns=\"http://www.w3.org/2000/svg\""));
        assert!(svg.ends_with("</svg>"));
    }
}

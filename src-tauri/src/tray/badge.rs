//! The tray icon's picture: the program's icon, and on it how many messages are unread.

/// Its width and height.
pub(super) const SIDE: usize = 64;

/// The disc behind the number.
const CENTRE: (f32, f32) = (43.0, 43.0);
const RADIUS: f32 = 20.0;
/// Alpha, red, green, blue, as the tray takes them.
const DISC: [u8; 4] = [255, 200, 30, 50];
const RIM: [u8; 4] = [255, 255, 255, 255];

/// The digits and a plus, three pixels wide and five high, a row in three bits.
const GLYPHS: [[u8; 5]; 11] = [
    [0b111, 0b101, 0b101, 0b101, 0b111],
    [0b010, 0b110, 0b010, 0b010, 0b111],
    [0b111, 0b001, 0b111, 0b100, 0b111],
    [0b111, 0b001, 0b011, 0b001, 0b111],
    [0b101, 0b101, 0b111, 0b001, 0b001],
    [0b111, 0b100, 0b111, 0b001, 0b111],
    [0b111, 0b100, 0b111, 0b101, 0b111],
    [0b111, 0b001, 0b010, 0b010, 0b010],
    [0b111, 0b101, 0b111, 0b101, 0b111],
    [0b111, 0b101, 0b111, 0b001, 0b111],
    [0b000, 0b010, 0b111, 0b010, 0b000],
];
const PLUS: usize = 10;

/// The icon as ARGB, rows from the top.
pub(super) fn drawn(unread: u32) -> Vec<u8> {
    let icon = tauri::include_image!("src-tauri/icons/64x64.png");
    let mut pixels: Vec<[u8; 4]> = icon.rgba().chunks_exact(4).map(|p| [p[3], p[0], p[1], p[2]]).collect();
    pixels.resize(SIDE * SIDE, [0; 4]);
    if unread > 0 {
        disc(&mut pixels);
        // More than a tray's few pixels can tell apart is simply many.
        match unread {
            1..=9 => glyph(&mut pixels, unread as usize, 5, (36, 31)),
            _ => {
                glyph(&mut pixels, 9, 4, (29, 33));
                glyph(&mut pixels, PLUS, 4, (45, 33));
            }
        }
    }
    pixels.concat()
}

fn disc(pixels: &mut [[u8; 4]]) {
    for (i, pixel) in pixels.iter_mut().enumerate() {
        let (x, y) = ((i % SIDE) as f32 - CENTRE.0, (i / SIDE) as f32 - CENTRE.1);
        match x.hypot(y) {
            inside if inside <= RADIUS - 2.0 => *pixel = DISC,
            rim if rim <= RADIUS => *pixel = RIM,
            _ => {}
        }
    }
}

fn glyph(pixels: &mut [[u8; 4]], glyph: usize, scale: usize, (left, top): (usize, usize)) {
    for (row, bits) in GLYPHS[glyph].iter().enumerate() {
        for column in (0..3).filter(|column| bits >> (2 - column) & 1 == 1) {
            for y in 0..scale {
                let start = (top + row * scale + y) * SIDE + left + column * scale;
                pixels[start..start + scale].fill(RIM);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_count_has_a_picture_of_its_own_up_to_nine() {
        let pictures: Vec<_> = (0..=10).map(drawn).collect();
        for (i, picture) in pictures.iter().enumerate() {
            assert_eq!(picture.len(), SIDE * SIDE * 4);
            assert!(!pictures[..i].contains(picture), "{i}");
        }
        assert_eq!(drawn(10), drawn(4_000_000));
    }

    #[test]
    fn without_unread_messages_it_is_the_program_s_icon() {
        let icon = tauri::include_image!("src-tauri/icons/64x64.png");
        let (pixel, drawn) = (&icon.rgba()[32 * 256 + 32 * 4..][..4], drawn(0));
        assert_eq!(drawn[32 * 256 + 32 * 4..][..4], [pixel[3], pixel[0], pixel[1], pixel[2]]);
    }
}

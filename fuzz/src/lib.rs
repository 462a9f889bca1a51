//! What the fuzz targets do with their bytes, and what must hold whatever those are.

use std::io::{Cursor, Write};
use std::ops::ControlFlow;
use std::sync::{Arc, Once};

use orderdeck::mapping::{self, JoinedFile, Mapping};
use orderdeck::order::{Field, Level};
use orderdeck::source::{Format, GroupBy, Index, Reading, Source, SourceError, SourceOptions};

/// Groups that are read again of each file.
const GROUPS: usize = 200;
/// Orders that are asked where their values came from. Each question makes the order's lines anew: asked of every
/// order, they would take most of a run.
const ASKED: usize = 2;

fn open(mut bytes: &[u8], reading: Reading) -> Result<Source, SourceError> {
    let options = SourceOptions {
        reading: Reading {
            unpack_limit: Some(16 << 20),
            ..reading
        },
        spool_dir: None,
    };
    Source::from_reader(&mut bytes, &options)
}

fn index(source: &Source, group: &GroupBy) -> Option<Index> {
    source.index(group, &mut |_| ControlFlow::Continue(())).ok()
}

/// Reads all that can be read, and compares what different ways to it tell.
fn read(source: &Source) {
    let head = source.head(5).expect("an open source has a head");
    let mut ways = vec![GroupBy::EachRecord];
    match source.header() {
        Some(header) => {
            let first = header.names().first().expect("a table has a column");
            ways.push(GroupBy::Column(first.clone()));
        }
        None => ways.push(GroupBy::Pointer("/id".to_owned())),
    }
    for way in ways {
        let Some(index) = index(source, &way) else {
            continue;
        };
        let counted: u64 = (0..index.groups())
            .filter_map(|group| index.records_of(group))
            .map(u64::from)
            .sum();
        assert_eq!(counted, index.records());
        assert!(head.len() as u64 <= index.records());
        for number in 0..index.groups().min(GROUPS) {
            let group = source
                .read_group(&index, number)
                .expect("a group of the index can be read");
            assert_eq!(Some(group.records.len() as u32), index.records_of(number));
            assert_eq!(Some(group.key.as_str()), index.key(number).as_deref());
            let place = index.place(number).expect("a group has a place");
            assert_eq!(
                group.records.first().map(|record| &record.place),
                Some(&place)
            );
            if way == GroupBy::EachRecord && number < head.len() {
                assert_eq!(head.get(number), group.records.first());
            }
        }
        source.check_unchanged(&index).expect("nobody changed it");
    }
    let _ = mapping::detect(source);
    let _ = source.description();
}

/// The fuzzer ends at every panic, caught or not. Those of libraries are caught where workbooks are read; one that
/// isn't caught reaches the fuzzer, which ends then.
fn let_libraries_panic() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let end = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let file = info.location().map_or("", |location| location.file());
            if !file.contains("/registry/") {
                end(info);
            }
        }));
    });
}

/// Any bytes as a file, or packed.
pub fn opening(data: &[u8]) {
    let_libraries_panic();
    let Some((how, bytes)) = data.split_first() else {
        return;
    };
    let packed;
    let bytes = match how % 4 {
        // Two stored blocks need no encoder: gzip with deflate's own framing around the bytes.
        1 => {
            packed = stored_gzip(bytes);
            &packed
        }
        _ => bytes,
    };
    if let Ok(source) = open(bytes, Reading::default()) {
        read(&source);
    }
}

/// A gzip member of stored blocks; its checksum is wrong, as of damaged files.
fn stored_gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = b"\x1f\x8b\x08\0\0\0\0\0\0\x03".to_vec();
    for block in bytes.chunks(u16::MAX as usize) {
        let length = block.len() as u16;
        packed.push(0);
        packed.extend(length.to_le_bytes());
        packed.extend((!length).to_le_bytes());
        packed.extend(block);
    }
    packed.extend([1, 0, 0, 0xff, 0xff]);
    packed.extend([0; 8]);
    packed
}

/// Any bytes in an encoding that is said.
pub fn encodings(data: &[u8]) {
    const NAMES: [&str; 12] = [
        "utf-8",
        "utf-16le",
        "utf-16be",
        "utf-32le",
        "utf-32be",
        "windows-1252",
        "windows-1251",
        "macintosh",
        "shift_jis",
        "gb18030",
        "big5",
        "euc-kr",
    ];
    let Some((which, bytes)) = data.split_first() else {
        return;
    };
    let name = NAMES[usize::from(*which) % NAMES.len()];
    let reading = Reading {
        encoding: Some(name.to_owned()),
        ..Reading::default()
    };
    if let Ok(source) = open(bytes, reading) {
        read(&source);
    }
}

/// Tables.
pub fn delimited(data: &[u8]) {
    let [delimiter, line, bytes @ ..] = data else {
        return;
    };
    let delimiter = match delimiter {
        b if b.is_ascii_punctuation() && *b != b'"' => *b,
        b'\t' | 0x1f => *delimiter,
        _ => b',',
    };
    let reading = Reading {
        delimiter: Some(delimiter),
        header_line: (line % 4 > 0).then_some(u64::from(line % 4)),
        encoding: Some("utf-8".to_owned()),
        ..Reading::default()
    };
    if let Ok(source) = open(bytes, reading) {
        read(&source);
    }
}

/// JSON, or lines of it.
pub fn json(data: &[u8]) {
    let Some((how, bytes)) = data.split_first() else {
        return;
    };
    let text = match how % 4 {
        0 => bytes.to_vec(),
        1 => [b"[{\"id\":1},", bytes, b"]"].concat(),
        2 => [b"{\"orders\":[", bytes, b"]}"].concat(),
        _ => [b"{\"id\":1}\n", bytes].concat(),
    };
    if let Ok(source) = open(&text, Reading::default()) {
        read(&source);
    }
}

/// The parts of a workbook.
pub fn workbook(data: &[u8]) {
    let_libraries_panic();
    let Some((how, bytes)) = data.split_first() else {
        return;
    };
    let book = match how % 4 {
        0 => ods(bytes),
        1 => xlsx(SHEET.as_bytes(), bytes),
        2 => xlsx(bytes, STRINGS.as_bytes()),
        _ => bytes.to_vec(),
    };
    if let Ok(source) = open(&book, Reading::default()) {
        read(&source);
    }
}

const SHEET: &str = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c></row><row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"B2\"><v>2.5</v></c></row></sheetData></worksheet>";
const STRINGS: &str = "<sst uniqueCount=\"2\"><si><t>id</t></si><si><t>price</t></si></sst>";

fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in parts {
        archive.start_file(*name, stored).expect("a part");
        archive.write_all(bytes).expect("in memory");
    }
    archive.finish().expect("in memory").into_inner()
}

fn ods(content: &[u8]) -> Vec<u8> {
    archive(&[
        (
            "mimetype",
            b"application/vnd.oasis.opendocument.spreadsheet",
        ),
        ("META-INF/manifest.xml", b"<manifest:manifest/>"),
        ("content.xml", content),
    ])
}

fn xlsx(sheet: &[u8], strings: &[u8]) -> Vec<u8> {
    const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = format!(
        "<Relationships><Relationship Id=\"r1\" Type=\"{RELATIONS}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let book = format!(
        "<workbook xmlns:r=\"{RELATIONS}\"><sheets><sheet name=\"A\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
    );
    let parts = format!(
        "<Relationships><Relationship Id=\"r1\" Type=\"{RELATIONS}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
    );
    archive(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", package.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", parts.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet),
        ("xl/sharedStrings.xml", strings),
    ])
}

/// Mapping files.
pub fn mapping(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    match Mapping::parse(text, "fuzz.toml") {
        Ok(mapping) => {
            for file in [TABLE, OBJECTS] {
                let source = open(file.as_bytes(), Reading::default()).expect("it can be read");
                if let Ok(compiled) = mapping.compile(source.format()) {
                    map_all(&source, &compiled);
                }
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

const TABLE: &str = "id,name,total,date,email\n1,Mug,\"1.234,50 €\",2025-01-02,a@example.com\n1,Plate,(5.00),02/01/25,\n2,,1.23E+12,NULL,x\n";
const OBJECTS: &str = r#"[{"id":7,"email":"a@example.com","items":[{"sku":"007","price":1.50,"quantity":2},{"sku":null}],"total":3.00,"date":1700000000},{"id":"1.23E+12","items":{"sku":"x"}}]"#;

/// Every sample, cut and patched, through the preset that reads it.
pub fn mapped(data: &[u8]) {
    let [which, how, high, low, cut, bytes @ ..] = data else {
        return;
    };
    let sample = SAMPLES[usize::from(*which) % SAMPLES.len()].as_bytes();
    let text = if how % 2 == 0 {
        // Other rows below its header.
        let rows = sample.len() - below_header(sample).len();
        [&sample[..rows], bytes].concat()
    } else {
        // Other bytes in the place of some of it.
        let from = usize::from(u16::from_be_bytes([*high, *low])) % sample.len();
        let to = (from + usize::from(*cut)).min(sample.len());
        [&sample[..from], bytes, &sample[to..]].concat()
    };
    let Ok(source) = open(&text, Reading::default()) else {
        return;
    };
    let Ok(found) = mapping::detect(&source) else {
        return;
    };
    let Ok(preset) = found.mapping() else {
        return;
    };
    let joined = joined(preset, &text, *how);
    if let Ok(compiled) = preset.compile_joined(source.format(), &joined) {
        map_all(&source, &compiled);
    }
}

const SAMPLES: [&str; 20] = [
    include_str!("../../assets/samples/shopify-orders.csv"),
    include_str!("../../assets/samples/woocommerce-orders.json"),
    include_str!("../../assets/samples/woocommerce-orders.csv"),
    include_str!("../../assets/samples/magento-orders.json"),
    include_str!("../../assets/samples/magento-grid.csv"),
    include_str!("../../assets/samples/bigcommerce-orders.json"),
    include_str!("../../assets/samples/bigcommerce-orders.csv"),
    include_str!("../../assets/samples/amazon-orders.txt"),
    include_str!("../../assets/samples/amazon-unshipped.txt"),
    include_str!("../../assets/samples/EtsySoldOrders2026.csv"),
    ETSY_ITEMS,
    include_str!("../../assets/samples/ebay-orders.csv"),
    include_str!("../../assets/samples/ebay-bestellungen.csv"),
    include_str!("../../assets/samples/square-items.csv"),
    include_str!("../../assets/samples/generic-orders.csv"),
    include_str!("../../tests/pages/kameleoon-import.json"),
    include_str!("../../tests/pages/kibo-import.json"),
    include_str!("../../tests/pages/project-agora-import.json"),
    include_str!("../../tests/pages/voucherify-import.json"),
    include_str!("../../assets/samples/shopify-orders.json"),
];
const ETSY_ITEMS: &str = include_str!("../../assets/samples/EtsySoldOrderItems2026.csv");

/// What of a table stands below its header; of JSON all.
fn below_header(sample: &[u8]) -> &[u8] {
    let Ok(Format::Delimited { header_line, .. }) =
        open(sample, Reading::default()).map(|source| source.format().clone())
    else {
        return sample;
    };
    let mut rest = sample;
    for _ in 0..header_line {
        let end = rest.iter().position(|byte| *byte == b'\n');
        rest = end.map_or(&[], |end| &rest[end + 1..]);
    }
    rest
}

/// The files that a preset joins: the sample of it, or the bytes once more.
fn joined(preset: &Mapping, bytes: &[u8], how: u8) -> Vec<Arc<JoinedFile>> {
    let bytes = if how & 2 == 0 {
        ETSY_ITEMS.as_bytes()
    } else {
        bytes
    };
    let mut files = Vec::new();
    for name in preset.join.keys() {
        let Ok(source) = open(bytes, Reading::default()) else {
            continue;
        };
        let Ok(by) = preset.join_key(name, &source) else {
            continue;
        };
        let go_on = &mut |_| ControlFlow::Continue(());
        files.extend(JoinedFile::index(name, source, &by, go_on).map(Arc::new));
    }
    files
}

fn map_all(source: &Source, compiled: &mapping::Compiled) {
    let Some(index) = index(source, compiled.group_by()) else {
        return;
    };
    for number in 0..index.groups().min(GROUPS) {
        let group = source
            .read_group(&index, number)
            .expect("a group of the index can be read");
        let mapped = compiled.map(&group);
        assert!(!mapped.order.id.is_empty(), "every order has a name");
        if number >= ASKED {
            continue;
        }
        for field in Field::ALL {
            let item = match field.level() {
                Level::Order => None,
                Level::Item => Some(0),
            };
            let _ = compiled.origin(*field, None, &group);
            let _ = compiled.texts(*field, item, &group);
        }
    }
}

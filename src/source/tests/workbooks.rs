//! Sheets of workbooks: every cell as the text that people see, places by sheet and row, bounds.

use std::io::{Cursor, Write};

use rust_xlsxwriter::{ExcelDateTime, Format as CellFormat, Workbook as Writer};

use super::*;

fn xlsx(fill: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut book = Writer::new();
    fill(&mut book);
    book.save_to_buffer().unwrap()
}

/// A workbook with a cover, an empty sheet and one of orders below a title.
fn orders() -> Vec<u8> {
    xlsx(|book| {
        let cover = book.add_worksheet().set_name("Cover").unwrap();
        cover.write(0, 0, "Orders of Acme").unwrap();
        book.add_worksheet().set_name("Nothing").unwrap();
        let sheet = book.add_worksheet().set_name("All orders").unwrap();
        sheet.write(0, 0, "Export of today").unwrap();
        for (column, name) in ["Name", "Zip", "Total", "Paid", "Note", "Placed"]
            .iter()
            .enumerate()
        {
            sheet.write(2, column as u16, *name).unwrap();
        }
        let zip = CellFormat::new().set_num_format("00000");
        let date = CellFormat::new().set_num_format("yyyy-mm-dd");
        let moment = CellFormat::new().set_num_format("dd/mm/yyyy hh:mm");
        for row in 3..6 {
            sheet.write(row, 0, f64::from(row) + 1000.0).unwrap();
            sheet.write_with_format(row, 1, 1067, &zip).unwrap();
            sheet.write(row, 2, 116.99).unwrap();
            sheet.write(row, 3, row == 3).unwrap();
        }
        sheet.write(3, 4, "two\nlines, \"quoted\"").unwrap();
        let placed = ExcelDateTime::from_ymd(2025, 10, 7).unwrap();
        sheet.write_with_format(3, 5, &placed, &date).unwrap();
        let placed = placed.and_hms(9, 50, 26).unwrap();
        sheet.write_with_format(4, 5, &placed, &moment).unwrap();
        sheet.write(5, 5, "2025-10-08").unwrap();
    })
}

/// The least that is an ODS file.
fn ods(tables: &str) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let manifest = "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>";
    let content = format!(
        "<office:document-content xmlns:office=\"o\" xmlns:table=\"t\" xmlns:text=\"x\"><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    );
    for (name, text) in [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", manifest),
        ("content.xml", &content),
    ] {
        archive.start_file(name, stored).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn text(cells: &[&str]) -> String {
    let cells = cells.iter().map(|cell| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{cell}</text:p></table:table-cell>")
    });
    format!(
        "<table:table-row>{}</table:table-row>",
        cells.collect::<String>()
    )
}

fn sheet(name: &str) -> Reading {
    Reading {
        sheet: Some(name.to_owned()),
        ..Reading::default()
    }
}

#[test]
fn a_sheet_reads_as_people_see_it() {
    let source = Sample::new(orders()).hold();
    let book = source.workbook().unwrap();
    assert_eq!(
        (book.kind, book.sheet(), book.chosen),
        ("XLSX", "All orders", 2)
    );
    assert_eq!(book.sheets, ["Cover", "Nothing", "All orders"]);
    assert_eq!(
        source.description(),
        "XLSX workbook, sheet All orders (3 of 3), header in row 3"
    );
    assert_eq!(source.header().unwrap().names()[1], "Zip");
    assert_eq!(
        cells_of(&source),
        [
            [
                "1003",
                "01067",
                "116.99",
                "TRUE",
                "two\nlines, \"quoted\"",
                "2025-10-07"
            ],
            [
                "1004",
                "01067",
                "116.99",
                "FALSE",
                "",
                "2025-10-07T09:50:26"
            ],
            ["1005", "01067", "116.99", "FALSE", "", "2025-10-08"],
        ]
    );
    let read = index(&source, &by("Name"));
    assert!(read.findings().is_empty(), "{:?}", read.findings());
}

#[test]
fn places_are_rows_of_the_sheet_also_below_cells_of_several_lines() {
    let source = Sample::new(orders()).hold();
    let read = index(&source, &by("Name"));
    let place = read.place(2).unwrap();
    assert_eq!(place.to_string(), "sheet All orders, row 6");
    assert_eq!(place.byte, None);
    let record = &source.read_group(&read, 1).unwrap().records[0];
    assert_eq!(record.place.line, Some(5));
}

#[test]
fn a_sheet_is_chosen_by_name_or_number() {
    let sample = Sample::new(orders());
    for name in ["All orders", "all orders", "3"] {
        assert_eq!(
            sample.open_as(sheet(name)).workbook().unwrap().chosen,
            2,
            "{name}"
        );
    }
    let error = sample.try_open(sheet("Refunds")).unwrap_err().to_string();
    assert!(
        error.contains("1 Cover, 2 Nothing, 3 All orders"),
        "{error}"
    );
    let empty = sample.try_open(sheet("Nothing")).unwrap_err().to_string();
    assert!(empty.contains("the sheet \"Nothing\" is empty"), "{empty}");
    let text = Sample::new("a,b\n1,2\n").try_open(sheet("1")).unwrap_err();
    assert!(text.to_string().contains("is no workbook"), "{text}");
    let encoding = Reading {
        encoding: Some("latin1".to_owned()),
        ..Reading::default()
    };
    let error = sample.try_open(encoding).unwrap_err().to_string();
    assert!(error.contains("is a workbook"), "{error}");
}

#[test]
fn the_header_row_can_be_said() {
    let reading = Reading {
        header_line: Some(4),
        ..Reading::default()
    };
    let source = Sample::new(orders()).hold_as(reading);
    assert_eq!(source.header().unwrap().names()[0], "1003");
    assert_eq!(source.head(1).unwrap()[0].place.line, Some(5));
}

#[test]
fn ids_lose_nothing_that_the_workbook_has() {
    let book = xlsx(|book| {
        let sheet = book.add_worksheet();
        for (column, name) in ["id", "sku", "price"].iter().enumerate() {
            sheet.write(0, column as u16, *name).unwrap();
        }
        let ids = [1.23e12, 17850.0, 450_789_469.0, 4_111_111_111_111_111.0];
        for (row, id) in (1..).zip(ids) {
            sheet.write(row, 0, id).unwrap();
            sheet.write(row, 1, "00123").unwrap();
            sheet.write(row, 2, 0.1 * f64::from(row)).unwrap();
        }
    });
    let source = Sample::new(book).hold();
    let ids: Vec<String> = cells_of(&source)
        .into_iter()
        .map(|row| row[0].clone())
        .collect();
    assert_eq!(
        ids,
        ["1230000000000", "17850", "450789469", "4111111111111111"]
    );
    assert!(cells_of(&source).iter().all(|row| row[1] == "00123"));
    let read = index(&source, &by("id"));
    let long: Vec<String> = read
        .findings()
        .iter()
        .map(|found| format!("{} {}", found.rule.id, found.place.as_ref().unwrap()))
        .collect();
    assert_eq!(long, ["SRC-15 column A, sheet Sheet1, row 5"]);
}

#[test]
fn an_open_document_reads_the_same_way() {
    let rows = text(&["Name", "Total", "Placed", "Paid"])
        + "<table:table-row><table:table-cell office:value-type=\"float\" office:value=\"17850\"><text:p>17850</text:p></table:table-cell><table:table-cell office:value-type=\"currency\" office:value=\"116.99\"><text:p>116,99 €</text:p></table:table-cell><table:table-cell office:value-type=\"date\" office:date-value=\"2025-10-07\"><text:p>07.10.25</text:p></table:table-cell><table:table-cell office:value-type=\"boolean\" office:boolean-value=\"true\"/></table:table-row>"
        + "<table:table-row table:number-rows-repeated=\"2\"><table:table-cell table:number-columns-repeated=\"4\"/></table:table-row>"
        + &text(&["00123", "a<text:s text:c=\"2\"/>b", "x, &quot;y&quot;", "z"])
        + "<table:table-row table:number-rows-repeated=\"1048000\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>";
    let book = ods(&format!(
        "<table:table table:name=\"Cover\">{}</table:table><table:table table:name=\"Orders\">{rows}</table:table>",
        text(&["Orders of Acme"])
    ));
    let source = Sample::new(book).hold();
    assert_eq!(source.workbook().unwrap().kind, "ODS");
    assert_eq!(source.workbook().unwrap().sheet(), "Orders");
    assert_eq!(
        cells_of(&source),
        [
            ["17850", "116.99", "2025-10-07", "TRUE"],
            ["00123", "a  b", "x, \"y\"", "z"]
        ]
    );
    let read = index(&source, &by("Name"));
    assert_eq!(read.place(1).unwrap().to_string(), "sheet Orders, row 5");
}

#[test]
fn few_bytes_that_stand_for_many_cells_are_refused() {
    let cells = "<table:table-cell table:number-columns-repeated=\"16384\" office:value-type=\"string\"><text:p>x</text:p></table:table-cell>";
    let row = format!(
        "<table:table-row table:number-rows-repeated=\"1048576\">{cells}</table:table-row>"
    );
    let blanks = text(&["a", "<text:s text:c=\"4000000000\"/>"]);
    for rows in [row, blanks] {
        let error = Sample::new(ods(&format!(
            "<table:table table:name=\"A\">{rows}</table:table>"
        )))
        .refused();
        assert!(error.contains("more than 384 MB of memory"), "{error}");
    }
}

#[test]
fn a_workbook_has_the_bound_of_an_archive() {
    let sample = Sample::new(orders());
    let reading = Reading {
        unpack_limit: Some(2000),
        ..Reading::default()
    };
    let error = sample.try_open(reading).unwrap_err().to_string();
    assert!(error.contains("unpacks to more than 2.0 kB"), "{error}");
}

#[test]
fn what_is_no_workbook_is_named() {
    let archive = |names: &[&str]| {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for name in names {
            archive
                .start_file(*name, zip::write::SimpleFileOptions::default())
                .unwrap();
            archive.write_all(b"a,b\n1,2\n").unwrap();
        }
        archive.finish().unwrap().into_inner()
    };
    let zip = Sample::new(archive(&["orders.csv"])).refused();
    assert!(zip.contains("a ZIP archive and no workbook"), "{zip}");
    let binary = Sample::new(archive(&["[Content_Types].xml", "xl/workbook.bin"])).refused();
    assert!(binary.contains("XLSB"), "{binary}");
    let whole = orders();
    let cut = Sample::new(&whole[..whole.len() / 2]).refused();
    assert!(cut.contains("damaged"), "{cut}");
}

#[test]
fn a_workbook_may_be_compressed_and_come_through_a_pipe() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&orders()).unwrap();
    let packed = packed.finish().unwrap();
    let source = Source::from_reader(&mut &packed[..], &SourceOptions::default()).unwrap();
    assert_eq!(cells_of(&source).len(), 3);
    let sample = Sample::new(&packed);
    let peek = Source::peek(&sample.path, &SourceOptions::default()).unwrap();
    assert_eq!(peek.head(9).unwrap().len(), 3);
}

#[test]
fn a_workbook_is_noticed_when_it_changes() {
    let sample = Sample::new(orders());
    let source = sample.open();
    let read = index(&source, &by("Name"));
    assert_eq!(
        read.fingerprint(),
        blake3::hash(&fs::read(&sample.path).unwrap())
            .to_hex()
            .as_str()
    );
    fs::write(
        &sample.path,
        xlsx(|book| {
            book.add_worksheet().write(0, 0, "x").unwrap();
        }),
    )
    .unwrap();
    assert!(matches!(
        source.check_unchanged(&read),
        Err(SourceError::Changed { .. })
    ));
}

/// An XLSX file of these rows, with nothing beside what a reader needs.
fn bare_xlsx(rows: &str) -> Vec<u8> {
    const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default();
    let relation = |kind: &str, target: &str| {
        format!(
            "<Relationships><Relationship Id=\"r1\" Type=\"{RELATIONS}/{kind}\" Target=\"{target}\"/></Relationships>"
        )
    };
    for (name, text) in [
        ("[Content_Types].xml", "<Types/>".to_owned()),
        ("_rels/.rels", relation("officeDocument", "xl/workbook.xml")),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns:r=\"{RELATIONS}\"><sheets><sheet name=\"A\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            relation("worksheet", "worksheets/sheet1.xml"),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!("<worksheet><sheetData>{rows}</sheetData></worksheet>"),
        ),
    ] {
        archive.start_file(name, stored).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn an_ods_file_whose_elements_do_not_end_is_damaged() {
    let cell = |text: &str| {
        format!(
            "<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>"
        )
    };
    let row = format!(
        "<table:table-row>{}{}</table:table-row>",
        cell("k"),
        cell("v")
    );
    let table = format!("<table:table table:name=\"A\">{row}{row}");
    let note =
        "<table:table-row><table:table-cell office:value-type=\"string\"><office:annotation>";
    let start = "<office:document-content><office:body><office:spreadsheet>";
    let end = "</office:spreadsheet></office:body></office:document-content>";
    Sample::new(bare_ods(&format!("{start}{table}</table:table>{end}"))).hold();
    for content in [
        format!("{start}{table}"),
        format!("{start}{table}{end}"),
        format!("{start}{table}</table:tabel>{end}"),
        format!("{start}{table}{note}"),
        format!("{start}{table}{note}</x></x></x></table:table>{end}"),
    ] {
        let refused = Sample::new(bare_ods(&content)).refused();
        assert!(refused.contains("ODS workbook is damaged"), "{refused}");
    }
}

/// An ODS file of this content, with nothing beside what a reader needs.
fn bare_ods(content: &str) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default();
    for (name, text) in [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", "<manifest:manifest/>"),
        ("content.xml", content),
    ] {
        archive.start_file(name, stored).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn a_workbook_that_trips_the_reader_is_damaged_and_the_program_goes_on() {
    let row = |number: u32, cell: &str| {
        format!(
            "<row r=\"{number}\"><c r=\"A{number}\"><v>{number}</v></c><c r=\"{cell}\"><v>2</v></c></row>"
        )
    };
    let sound = bare_xlsx(&[row(1, "B1"), row(2, "B2")].concat());
    Sample::new(sound).hold();
    for reference in ["ZZZZZZZZZZ2", "B99999999999", "B0", "é2"] {
        let hostile = bare_xlsx(&[row(1, "B1"), row(2, reference)].concat());
        let refused = Sample::new(hostile).refused();
        assert!(refused.contains("workbook is damaged"), "{refused}");
        assert!(refused.contains("get the file again"), "{refused}");
    }
    // Why is told, by this alone.
    let hostile = bare_xlsx(&[row(1, "B1"), row(2, "ZZZZZZZZZZ2")].concat());
    let refused = Sample::new(hostile).refused();
    assert!(
        refused.contains("contradict each other (attempt to"),
        "{refused}"
    );
    assert!(!is_panic_caught());
}

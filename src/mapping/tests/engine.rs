//! temp
use super::*;
#[test]
fn adhoc() {
    for path in std::env::var("ADHOC")
        .unwrap_or_default()
        .split_whitespace()
    {
        let text = std::fs::read_to_string(path).unwrap();
        let (_f, source) = source(&text);
        let d = detect(&source).unwrap();
        println!("== {path} {:?}", source.format().name());
        for c in &d.candidates {
            println!("   {} {} {:?}", c.name, c.score, c.missing);
        }
        match d.mapping() {
            Err(e) => println!("   {e}"),
            Ok(m) => {
                let t = std::time::Instant::now();
                let o = open_with(m, &text);
                println!(
                    "   {} orders {} items {} total in {:?}",
                    o.mapped.len(),
                    o.items(),
                    o.total(),
                    t.elapsed()
                );
                let t = std::time::Instant::now();
                for g in &o.groups {
                    std::hint::black_box(o.compiled.map(g));
                }
                println!("   map {:?}", t.elapsed());
                let mut n = 0;
                for m in &o.mapped {
                    let mut f = m.findings.clone();
                    crate::order::check::check(&m.order, Default::default(), &mut f);
                    for t in told(&f) {
                        n += 1;
                        if n < 8 {
                            println!("   {} {t}", m.order.id);
                        }
                    }
                }
                println!("   findings {n}");
                if o.mapped.len() < 4 {
                    println!("{:#?}", o.mapped);
                    for f in Field::ALL {
                        for i in [None, Some(0)] {
                            let or = o.compiled.origin(*f, i, &o.groups[0]).to_string();
                            if !or.is_empty()
                                && i.is_some() == (f.level() == crate::order::Level::Item)
                            {
                                println!(
                                    "   {} <- {or} @ {:?}",
                                    f.name(),
                                    o.compiled
                                        .place_of(*f, i, &o.groups[0])
                                        .map(|p| p.to_string())
                                );
                            }
                        }
                    }
                }
            }
        }
    }
}

//! c2cwsgiutils' page.

use serde_json::json;

use super::{C2C, levels};

#[test]
fn c2c_parts_failures_from_successes_by_level() {
    let service = levels().setting(C2C, "true").start();
    let answer = service.get("/c2c/health_check?max_level=100").assert_status(500);
    assert_eq!(answer.media_type(), "application/json");
    let cache = "max-age=0, must-revalidate, no-cache, no-store";
    assert_eq!(answer.header("cache-control"), Some(cache));
    let mut document = answer.json();
    for side in ["failures", "successes"] {
        for entry in document[side].as_object_mut().unwrap().values_mut() {
            assert!(entry["timing"].is_f64(), "{entry}");
            entry["timing"] = json!(0.5);
        }
    }
    let expected = r#"{
  "failures": {
    "vital": {
      "level": 1,
      "message": "broken",
      "timing": 0.5
    }
  },
  "successes": {
    "alive": {
      "level": 0,
      "timing": 0.5
    },
    "deep/version": {
      "level": 3,
      "result": {
        "count": 2
      },
      "timing": 0.5
    }
  }
}"#;
    assert_eq!(serde_json::to_string_pretty(&document).unwrap(), expected);
    assert!(answer.text().starts_with("{\n  \"failures\": {\n    \"vital\": {\n      \"level\""));
    let default = service.get("/c2c/health_check").assert_status(500).json();
    assert_eq!(default["successes"].as_object().unwrap().len(), 1, "levels 0 and 1");
    let alive = service.get("/c2c/health_check?max_level=0").assert_status(200).json();
    assert_eq!(alive["failures"], json!({}));
    let some = service.get("/c2c/health_check?max_level=3&checks=deep/version,alive");
    assert_eq!(some.assert_status(200).json()["successes"].as_object().unwrap().len(), 2);
}

#[test]
fn trap_c2c_a_name_that_selects_nothing_is_never_green() {
    let service = levels().setting(C2C, "true").start();
    for (query, name, message) in [
        ("checks=vitla", "vitla", "did you mean 'vital'?"),
        ("checks=deep/version", "deep/version", "has level 3, which is above max_level=1"),
        ("checks=alive,none", "none", "there is no check 'none' here"),
    ] {
        let answer = service.get(&format!("/c2c/health_check?{query}")).assert_status(404).json();
        let told = answer["failures"][name]["message"].as_str().unwrap();
        assert!(told.contains(message), "{query}: {told}");
    }
    for bad in ["abc", "-1", "1.5", "99999999999", "+1"] {
        service.get(&format!("/c2c/health_check?max_level={bad}")).assert_status(400);
    }
}

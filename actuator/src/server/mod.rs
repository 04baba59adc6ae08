//! Assembly: settings to parts, parts to listeners, and the way down.

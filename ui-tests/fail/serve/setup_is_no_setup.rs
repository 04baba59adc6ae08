fn main() -> actuator::Result<()> {
    actuator::serve!("0.0.0.0:8080")
}

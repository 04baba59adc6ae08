#[derive(actuator::ActuatorInfo)]
#[actuator(sbom = metadata)]
struct Shop;

fn main() {}

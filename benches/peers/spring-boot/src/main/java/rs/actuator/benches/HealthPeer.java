package rs.actuator.benches;

import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.registry.HealthContributorRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code --checks} indicators that take {@code --milliseconds} each, with everything else as Spring
 * Boot has it; {@code /runs} says how often one of them ran. Asked to {@code record} or
 * {@code render}, it measures Micrometer instead and serves nothing.
 */
@SpringBootApplication
@RestController
public class HealthPeer {

    private final AtomicInteger runs = new AtomicInteger();

    public static void main(String[] args) throws Exception {
        if (args[0].equals("record") || args[0].equals("render")) {
            MicrometerPeer.main(args);
            return;
        }
        SpringApplication.run(HealthPeer.class, args);
    }

    @GetMapping("/runs")
    String runs() {
        return runs.toString();
    }

    @Bean
    CommandLineRunner checks(HealthContributorRegistry registry,
            @Value("${checks}") int checks, @Value("${milliseconds}") int milliseconds) {
        HealthIndicator slow = () -> {
            runs.incrementAndGet();
            try {
                Thread.sleep(milliseconds);
            } catch (InterruptedException interrupted) {
                return Health.down(interrupted).build();
            }
            return Health.up().build();
        };
        return args -> {
            for (int number = 0; number < checks; number++) {
                registry.registerContributor("check" + number, slow);
            }
        };
    }
}

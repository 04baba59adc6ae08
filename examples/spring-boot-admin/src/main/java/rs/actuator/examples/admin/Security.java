package rs.actuator.examples.admin;

import static org.springframework.security.config.Customizer.withDefaults;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;

/**
 * Open to everybody, or, with {@code --spring.profiles.active=secured}, Basic authentication for everything.
 *
 * <p>CSRF protection is off in both: it would refuse a client's registration with 401, however right its password is.
 * Written so that one source compiles against Spring Security 5.7, 6 and 7.
 */
@Configuration
public class Security {

    @Bean
    @Profile("!secured")
    SecurityFilterChain open(HttpSecurity http) throws Exception {
        return http.authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                .csrf(csrf -> csrf.disable())
                .headers(headers -> headers.disable())
                .build();
    }

    @Bean
    @Profile("secured")
    SecurityFilterChain secured(HttpSecurity http) throws Exception {
        return http.authorizeHttpRequests(requests -> requests
                        // The second half of an asynchronous answer carries no credentials.
                        .requestMatchers(request -> "ASYNC".equals(request.getDispatcherType().name())).permitAll()
                        .anyRequest().authenticated())
                .httpBasic(withDefaults())
                .csrf(csrf -> csrf.disable())
                .build();
    }
}

package rs.actuator.benches;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What recording and rendering cost in Micrometer with its Prometheus registry. Prints a line for
 * each figure: a name, a number, and for a text the bytes in it.
 *
 * <p>{@code record}: nanoseconds for a counter and a timer of 14 buckets under five labels, resolved
 * beforehand, on 1, 2 and 8 threads. {@code render N}: milliseconds for a scrape of N such timers, and
 * the bytes of heap that each of them takes.
 */
final class MicrometerPeer {

    private static final int ROUNDS = 25;
    private static final int CALLS = 400_000;
    private static final Duration[] BOUNDS = bounds(5, 10, 25, 50, 75, 100, 250, 500, 750, 1_000,
            2_500, 5_000, 7_500, 10_000);

    private MicrometerPeer() {
    }

    static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("record")) {
            record();
        } else {
            render(Integer.parseInt(arguments[1]));
        }
    }

    private static void record() throws InterruptedException {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        Counter counter = registry.counter("orders", labels("/orders/{id}"));
        Timer timer = timer(registry, "/orders/{id}");
        for (int threads : new int[] {1, 2, 8}) {
            double quickest = Double.POSITIVE_INFINITY;
            for (int round = 0; round < ROUNDS; round++) {
                quickest = Math.min(quickest, measure(counter, timer, threads));
            }
            System.out.println(threads + " " + quickest);
        }
    }

    private static double measure(Counter counter, Timer timer, int threads)
            throws InterruptedException {
        int calls = CALLS / threads;
        Runnable run = () -> {
            for (int call = 0; call < calls; call++) {
                counter.increment();
                timer.record(Duration.ofMillis(call % 1_000));
            }
        };
        long started = System.nanoTime();
        if (threads == 1) {
            run.run();
        } else {
            List<Thread> running = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                Thread started2 = new Thread(run);
                running.add(started2);
                started2.start();
            }
            for (Thread thread : running) {
                thread.join();
            }
        }
        return (System.nanoTime() - started) / (double) calls;
    }

    private static void render(int series) throws IOException {
        long before = heap();
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        for (int number = 0; number < series; number++) {
            timer(registry, "/orders/" + number).record(Duration.ofMillis(number % 10_000));
        }
        long held = heap() - before;
        Counted bytes = new Counted();
        double quickest = Double.POSITIVE_INFINITY;
        for (int round = 0; round < 7; round++) {
            bytes.count = 0;
            long started = System.nanoTime();
            registry.scrape(bytes, "text/plain; version=0.0.4; charset=utf-8");
            quickest = Math.min(quickest, (System.nanoTime() - started) / 1e6);
        }
        System.out.println("render " + quickest + " " + bytes.count);
        System.out.println("memory " + held / (double) series);
    }

    private static Timer timer(PrometheusMeterRegistry registry, String uri) {
        return Timer.builder("orders.time").tags(labels(uri)).serviceLevelObjectives(BOUNDS)
                .register(registry);
    }

    private static Tags labels(String uri) {
        return Tags.of("method", "GET", "uri", uri, "status", "200", "outcome", "SUCCESS",
                "exception", "none");
    }

    private static Duration[] bounds(int... milliseconds) {
        Duration[] bounds = new Duration[milliseconds.length];
        for (int index = 0; index < bounds.length; index++) {
            bounds[index] = Duration.ofMillis(milliseconds[index]);
        }
        return bounds;
    }

    private static long heap() {
        for (int round = 0; round < 5; round++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** Takes bytes and keeps none, as a socket does. */
    private static final class Counted extends OutputStream {

        private long count;

        @Override
        public void write(int value) {
            count++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            count += length;
        }
    }
}

package io.stoat.ops.tune;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * {@code stoat tune-load}: a process of {@code stoat tune}. It stays for all plans, so that its own
 * start and compilation are not measured again and again, and ends with its parent. Each line on
 * its standard input, {@code DIR ENDPOINT WARM_UP_MS LATENCY_MS THROUGHPUT_MS}, is one run against
 * the node there, answered by a line {@code RESULT json} or {@code ERROR text}.
 */
@Command(name = "tune-load", hidden = true, description = "A process of stoat tune.")
public final class TuneLoadCommand implements Callable<Integer> {
    static final String READY = "READY";
    static final String RESULT = "RESULT ";
    static final String ERROR = "ERROR ";

    @picocli.CommandLine.Option(names = "--reader")
    private boolean reader;

    @Override
    public Integer call() throws IOException {
        say(READY);
        final BufferedReader lines =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = lines.readLine()) != null; ) {
            final String[] words = line.split("\t");
            final Path dataDir = Path.of(words[0]);
            final long warmUpMs = Long.parseLong(words[2]);
            final long latencyMs = Long.parseLong(words[3]);
            final long throughputMs = Long.parseLong(words[4]);
            try {
                if (reader) {
                    new ReaderLoad(dataDir).run(warmUpMs + latencyMs + throughputMs);
                    say(RESULT + "{}");
                } else {
                    final ClientLoad load = new ClientLoad(dataDir, words[1]);
                    say(RESULT + load.run(warmUpMs, latencyMs, throughputMs).toJson());
                }
            } catch (final RuntimeException ex) {
                final String text = ex.getMessage() == null ? ex.toString() : ex.getMessage();
                say(ERROR + text.replace('\n', ' '));
            }
        }
        return 0;
    }

    private static void say(final String line) {
        System.out.println(line);
        System.out.flush();
    }
}

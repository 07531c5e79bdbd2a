package io.stoat.bench.echo;

import io.stoat.affinity.IdleStrategies;
import io.stoat.affinity.PlannedThread;
import io.stoat.affinity.Role;
import io.stoat.affinity.ThreadPlan;
import io.stoat.bench.WarmUp;
import io.stoat.transport.ClientContext;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The process that writes at full speed between a line {@value #START} and a line {@value #STOP} on
 * its standard input: puts over IPC, many in flight, gathered in messages. Its answer to the latter
 * is the number of puts and the time, ns; to a line {@value EchoNode#COMPILED} what its compilers
 * took so far, ms.
 */
public final class BurstWriter {
    static final String START = "START";
    static final String STOP = "STOP";

    private BurstWriter() {}

    /**
     * Runs the writer.
     *
     * @param args data directory, length of values, and a thread plan with a client.
     * @throws IOException when standard input fails.
     * @throws ExecutionException when a put failed.
     * @throws InterruptedException when interrupted.
     */
    public static void main(final String[] args)
            throws IOException, ExecutionException, InterruptedException {
        final Path dataDir = Path.of(args[0]);
        final PlannedThread plan = ThreadPlan.parse(args[2]).thread(Role.CLIENT);
        final ExecutorService thread = BurstArrangement.thread(plan);
        final AtomicBoolean goesOn = new AtomicBoolean();
        final BufferedReader input =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (GetLoad load =
                thread.submit(
                                () ->
                                        new GetLoad(
                                                () -> new ClientContext().dataDir(dataDir),
                                                Integer.parseInt(args[1]),
                                                IdleStrategies.create(plan.idle())))
                        .get()) {
            System.out.println(EchoNode.READY);
            Future<Long> puts = null;
            long startNs = 0;
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                if (line.equals(START)) {
                    goesOn.set(true);
                    startNs = System.nanoTime();
                    puts = thread.submit(() -> load.burst(goesOn::get));
                    System.out.println(EchoNode.DONE);
                } else if (line.equals(EchoNode.COMPILED)) {
                    System.out.println(EchoNode.DONE + " " + WarmUp.compiledMs());
                } else if (puts != null) {
                    goesOn.set(false);
                    final long count = puts.get();
                    System.out.println(
                            EchoNode.DONE + " " + count + " " + (System.nanoTime() - startNs));
                }
            }
        } finally {
            thread.shutdown();
        }
    }
}

package io.stoat.transport;

import io.stoat.store.PutMode;
import io.stoat.store.Status;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Writes and reads as fast as it can until it is killed. Says "running" once a thousand requests
 * ended well, and again after a connection was lost.
 */
final class LoadMain {
    private LoadMain() {}

    public static void main(final String[] args) {
        final ClientContext context =
                new ClientContext().batchCommands(8).connectTimeoutNs(TimeUnit.SECONDS.toNanos(60));
        if (args[0].equals("udp")) {
            context.endpoint(args[1]);
        } else {
            context.dataDir(Path.of(args[1]));
        }
        final UnsafeBuffer key = new UnsafeBuffer(new byte[8]);
        final UnsafeBuffer value = new UnsafeBuffer(new byte[64]);
        try (PipelinedClient client = PipelinedClient.connect(context)) {
            final int[] completions = {0};
            for (long i = 0; ; i++) {
                key.putLong(0, i % 100);
                if (i % 2 == 0) {
                    client.offerPut(PutMode.ALWAYS, key, 0, 8, value, 0, 64, 0, 0);
                } else {
                    client.offerGet(key, 0, 8);
                }
                client.poll(
                        (id, status, version, operand, buffer, offset, length) -> {
                            if (status != Status.OK && status != Status.NOT_FOUND) {
                                completions[0] = 0;
                            } else if (++completions[0] == 1_000) {
                                System.out.println("running");
                            }
                        });
            }
        }
    }
}

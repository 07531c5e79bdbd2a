package io.stoat.transport;

import io.stoat.store.Status;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Several clients of one process, the first over UDP: all connect, then wait for a line of input,
 * and write and read keys of their own. Says "connected", then "done" or what went wrong.
 */
final class ClientsMain {
    private static final int ROUNDS = 20;

    private ClientsMain() {}

    public static void main(final String[] args) throws java.io.IOException {
        final int first = Integer.parseInt(args[2]);
        final int count = Integer.parseInt(args[3]);
        final List<StoreClient> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            final ClientContext context =
                    i == 0
                            ? new ClientContext().endpoint(args[1])
                            : new ClientContext().dataDir(Path.of(args[0]));
            clients.add(
                    StoreClient.connect(
                            context.connectTimeoutNs(TimeUnit.SECONDS.toNanos(60))
                                    .requestTimeoutNs(TimeUnit.SECONDS.toNanos(60))));
        }
        System.out.println("connected");
        System.in.read();
        final UnsafeBuffer key = new UnsafeBuffer(new byte[8]);
        final UnsafeBuffer value = new UnsafeBuffer(new byte[8]);
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < count; i++) {
                final StoreClient client = clients.get(i);
                key.putLong(0, first + i);
                value.putLong(0, round);
                final int put = client.put(key, 0, 8, value, 0, 8, 0);
                value.putLong(0, -1);
                final int got = client.get(key, 0, 8, value, 0, 8);
                if (put != Status.OK || got != 8 || value.getLong(0) != round) {
                    System.out.println(
                            "client " + (first + i) + ", round " + round + ": " + put + ", " + got);
                }
            }
        }
        System.out.println("done");
        clients.forEach(StoreClient::close);
    }
}

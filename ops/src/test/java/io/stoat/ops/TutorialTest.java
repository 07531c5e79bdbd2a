package io.stoat.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.stoat.store.EntryView;
import io.stoat.store.SnapshotRead;
import io.stoat.store.Status;
import io.stoat.store.Store;
import io.stoat.store.StoreContext;
import io.stoat.store.StoreReader;
import io.stoat.transport.ClientContext;
import io.stoat.transport.ServerContext;
import io.stoat.transport.StoreClient;
import io.stoat.transport.StoreServer;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's embedding code, run. */
class TutorialTest {
    @TempDir Path dir;

    @Test
    void shouldRunTheReadmesCode() throws Exception {
        final UnsafeBuffer copy = new UnsafeBuffer(new byte[64]);
        final UnsafeBuffer other = new UnsafeBuffer("MSFT".getBytes(UTF_8));
        try (Store store =
                Store.open(new StoreContext().dataDir(dir).entries(100_000).maxValueLength(64))) {
            UnsafeBuffer key = new UnsafeBuffer("AMZN".getBytes(UTF_8));
            UnsafeBuffer value = new UnsafeBuffer(new byte[16]);
            value.putLong(0, 223_8200);
            value.putLong(8, 100);
            int status = store.put(key, 0, 4, value, 0, 16, 0);
            assertEquals(Status.OK, status);

            try (StoreReader reader = StoreReader.attach(dir)) {
                int length = reader.get(key, 0, 4, copy, 0, 64);
                assertEquals(16, length);

                EntryView view = new EntryView();
                long price;
                do {
                    length = reader.find(key, 0, 4, view);
                    price = length < 0 ? 0 : view.getLong(0);
                } while (length >= 0 && !view.isValid());
                assertEquals(223_8200, price);

                SnapshotRead legs = reader.newSnapshotRead(2, 128);
                legs.addKey(key, 0, 4);
                legs.addKey(other, 0, 4);
                assertEquals(Status.OK, legs.read());
                assertEquals(16, legs.valueLength(0));
                assertEquals(Status.NOT_FOUND, legs.valueLength(1));
            }

            final int port;
            try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
                port = socket.getLocalPort();
            }
            final String endpoint = "127.0.0.1:" + port;
            try (StoreServer server =
                            StoreServer.launch(
                                    new ServerContext().store(store).endpoint(endpoint));
                    StoreClient client =
                            StoreClient.connect(new ClientContext().endpoint(server.endpoint()))) {
                assertEquals(Status.OK, client.put(key, 0, 4, value, 0, 16, 5_000));
            }
        }
    }
}

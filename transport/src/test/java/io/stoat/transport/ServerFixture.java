package io.stoat.transport;

import io.stoat.store.Store;
import io.stoat.store.StoreContext;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.YieldingIdleStrategy;

/** A store with a server on a free port, and buffers to talk to it. */
final class ServerFixture implements AutoCloseable {
    final Path dataDir;
    final Store store;
    final StoreServer server;
    final AtomicReference<Thread> serverThread = new AtomicReference<>();
    final AtomicReference<Throwable> error = new AtomicReference<>();

    ServerFixture(final Path dataDir, final int maxValueLength) throws IOException {
        this(dataDir, maxValueLength, UnaryOperator.identity());
    }

    ServerFixture(
            final Path dataDir,
            final int maxValueLength,
            final UnaryOperator<ServerContext> settings)
            throws IOException {
        this(
                new StoreContext()
                        .dataDir(dataDir)
                        .shardCount(2)
                        .entries(2_000)
                        .maxValueLength(maxValueLength),
                settings);
    }

    ServerFixture(final StoreContext storeContext, final UnaryOperator<ServerContext> settings)
            throws IOException {
        dataDir = storeContext.dataDir();
        store = Store.open(storeContext);
        server =
                StoreServer.launch(
                        settings.apply(
                                new ServerContext()
                                        .store(store)
                                        .endpoint("127.0.0.1:" + freePort())
                                        .maxSessions(8)
                                        .errorHandler(error::set)
                                        .threadFactory(
                                                task -> {
                                                    final Thread thread = new Thread(task);
                                                    serverThread.set(thread);
                                                    return thread;
                                                })));
    }

    static int freePort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** A thread for each role. */
    static AgentThreads threadEach() {
        return roles ->
                roles.stream()
                        .map(
                                role ->
                                        new AgentThread(
                                                List.of(role),
                                                Thread::new,
                                                new YieldingIdleStrategy()))
                        .toList();
    }

    ClientContext ipc() {
        return new ClientContext().dataDir(dataDir);
    }

    ClientContext udp() {
        return new ClientContext().endpoint(server.endpoint());
    }

    StoreClient connect(final boolean udp) {
        return StoreClient.connect(udp ? udp().driverOnCallerThread(true) : ipc());
    }

    static UnsafeBuffer bytes(final String text) {
        return new UnsafeBuffer(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        server.close();
        store.close();
    }
}

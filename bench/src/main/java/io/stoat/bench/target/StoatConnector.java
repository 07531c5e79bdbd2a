package io.stoat.bench.target;

import io.stoat.bench.workload.Operation;
import io.stoat.bench.workload.Payload;
import io.stoat.store.EntryView;
import io.stoat.store.ReaderContext;
import io.stoat.store.Status;
import io.stoat.store.Store;
import io.stoat.store.StoreReader;
import io.stoat.transport.ClientContext;
import io.stoat.transport.PipelinedClient;
import io.stoat.transport.StoreClient;
import java.nio.ByteBuffer;
import java.util.function.Function;
import org.agrona.CloseHelper;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;

/** Clients of one Stoat store. */
final class StoatConnector implements Target.Connector {
    private static final int MAX_IN_FLIGHT = 4096;

    private final StoatTarget.Way way;
    private final RunContext context;
    private final Store store;

    StoatConnector(final StoatTarget.Way way, final RunContext context) {
        this.way = way;
        this.context = context;
        store = way == StoatTarget.Way.EMBEDDED ? StoatNode.openStore(context) : null;
    }

    @Override
    public Function<InFlight, Session> connect(final int client) {
        if (way == StoatTarget.Way.PIPELINED_IPC || way == StoatTarget.Way.PIPELINED_UDP) {
            return inFlight ->
                    DelayedSession.slowed(
                            inFlight,
                            context.option(RunContext.SLOWED_BUILD_PERCENT, null),
                            completions ->
                                    new PipelinedSession(
                                            PipelinedClient.connect(
                                                    clientContext().maxInFlight(MAX_IN_FLIGHT)),
                                            inFlight,
                                            completions));
        }
        return inFlight ->
                BlockingSession.slowed(
                        switch (way) {
                            case PIPELINED_IPC, PIPELINED_UDP ->
                                    throw new IllegalStateException("not blocking");
                            case EMBEDDED -> new Embedded(context, store);
                            case IPC, UDP -> new Remote(context, client());
                            case COPY, VIEW ->
                                    new SharedMemory(
                                            context,
                                            StoreReader.attach(
                                                    new ReaderContext()
                                                            .dataDir(
                                                                    StoatNode.dataDir(
                                                                            context.directory()))),
                                            hasWrites() ? client() : null,
                                            way == StoatTarget.Way.VIEW);
                        },
                        inFlight,
                        context.option(RunContext.SLOWED_BUILD_PERCENT, null));
    }

    private boolean hasWrites() {
        return context.workload().readPercent() + context.workload().scanPercent() < 100;
    }

    private StoreClient client() {
        return StoreClient.connect(clientContext());
    }

    private ClientContext clientContext() {
        final IdleStrategy idle =
                context.pinned()
                        ? new BusySpinIdleStrategy()
                        : new BackoffIdleStrategy(200, 100, 1_000, 50_000);
        final ClientContext client = new ClientContext().idleStrategy(idle);
        if (context.options().containsKey("batch")) {
            client.batchCommands(Integer.parseInt(context.options().get("batch")));
        }
        if (context.options().containsKey("routing")) {
            client.routing(Boolean.parseBoolean(context.options().get("routing")));
        }
        return way == StoatTarget.Way.UDP || way == StoatTarget.Way.PIPELINED_UDP
                ? client.endpoint(context.address()).driverOnCallerThread(true)
                : client.dataDir(StoatNode.dataDir(context.directory()));
    }

    @Override
    public boolean isLoaded() {
        // a node loads itself before it says that it is ready
        return store == null;
    }

    @Override
    public void close() {
        CloseHelper.close(store);
    }

    private static UnsafeBuffer valueBuffer(final RunContext context) {
        return new UnsafeBuffer(ByteBuffer.allocateDirect(context.workload().valueLength()));
    }

    private static int judge(
            final Operation operation, final UnsafeBuffer value, final int result) {
        if (result == Status.NOT_FOUND) {
            return Outcome.MISS;
        }
        if (result < 0) {
            return Outcome.FAILED;
        }
        return operation.isAnsweredBy(value, 0, result) ? Outcome.OK : Outcome.WRONG;
    }

    private record Embedded(Store store, UnsafeBuffer found) implements BlockingStore {
        Embedded(final RunContext context, final Store store) {
            this(store, valueBuffer(context));
        }

        @Override
        public int get(final Operation operation) {
            final UnsafeBuffer key = operation.key();
            return judge(
                    operation,
                    found,
                    store.get(key, 0, key.capacity(), found, 0, found.capacity()));
        }

        @Override
        public int put(final Operation operation) {
            final UnsafeBuffer key = operation.key();
            final UnsafeBuffer value = operation.value();
            final long expiry =
                    operation.ttlMs() == 0 ? 0 : System.currentTimeMillis() + operation.ttlMs();
            return store.put(key, 0, key.capacity(), value, 0, value.capacity(), expiry)
                            == Status.OK
                    ? Outcome.OK
                    : Outcome.FAILED;
        }

        @Override
        public void close() {
            // the connector's
        }
    }

    private record Remote(StoreClient client, UnsafeBuffer found) implements BlockingStore {
        Remote(final RunContext context, final StoreClient client) {
            this(client, valueBuffer(context));
        }

        @Override
        public int get(final Operation operation) {
            final UnsafeBuffer key = operation.key();
            return judge(
                    operation,
                    found,
                    client.get(key, 0, key.capacity(), found, 0, found.capacity()));
        }

        @Override
        public int put(final Operation operation) {
            return write(client, operation);
        }

        @Override
        public void close() {
            client.close();
        }
    }

    private static int write(final StoreClient client, final Operation operation) {
        final UnsafeBuffer key = operation.key();
        final UnsafeBuffer value = operation.value();
        return client.put(key, 0, key.capacity(), value, 0, value.capacity(), operation.ttlMs())
                        == Status.OK
                ? Outcome.OK
                : Outcome.FAILED;
    }

    private record SharedMemory(
            StoreReader reader,
            StoreClient writer,
            boolean inPlace,
            EntryView view,
            UnsafeBuffer found,
            int valueLength)
            implements BlockingStore {
        SharedMemory(
                final RunContext context,
                final StoreReader reader,
                final StoreClient writer,
                final boolean inPlace) {
            this(
                    reader,
                    writer,
                    inPlace,
                    new EntryView(),
                    valueBuffer(context),
                    context.workload().valueLength());
        }

        @Override
        public int get(final Operation operation) {
            final UnsafeBuffer key = operation.key();
            if (inPlace && valueLength >= 16) {
                return getInPlace(operation, key);
            }
            return judge(
                    operation,
                    found,
                    reader.get(key, 0, key.capacity(), found, 0, found.capacity()));
        }

        private int getInPlace(final Operation operation, final UnsafeBuffer key) {
            long first;
            long last;
            do {
                final int length = reader.find(key, 0, key.capacity(), view);
                if (length < 0) {
                    return length == Status.NOT_FOUND ? Outcome.MISS : Outcome.FAILED;
                }
                if (length != valueLength) {
                    return Outcome.WRONG;
                }
                first = view.getLong(0);
                last = view.getLong(length - 8);
            } while (!view.isValid());
            return Payload.isWhole(first, last, operation.index()) ? Outcome.OK : Outcome.WRONG;
        }

        @Override
        public int put(final Operation operation) {
            return write(writer, operation);
        }

        @Override
        public void close() {
            reader.close();
            CloseHelper.close(writer);
        }
    }
}

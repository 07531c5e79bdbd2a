package io.stoat.transport;

import io.stoat.store.Store;
import io.stoat.store.StoreContext;
import java.nio.file.Path;

/** A node that serves until it is killed. */
final class NodeMain {
    private NodeMain() {}

    public static void main(final String[] args) throws InterruptedException {
        try (Store store =
                        Store.open(
                                new StoreContext()
                                        .dataDir(Path.of(args[0]))
                                        .shardCount(2)
                                        .entries(2_000)
                                        .maxValueLength(100));
                StoreServer server =
                        StoreServer.launch(
                                new ServerContext()
                                        .store(store)
                                        .endpoint(args[1])
                                        .writeAgents(2))) {
            System.out.println("serving");
            Thread.currentThread().join();
        }
    }
}

/** What replication costs, beside a bare Aeron Cluster of the same settings. */
package io.stoat.bench.cluster;

/** What replication costs, beside a bare Aeron Cluster of the same settings and beside peers. */
package io.stoat.bench.cluster;

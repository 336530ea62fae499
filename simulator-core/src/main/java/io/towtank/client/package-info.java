/**
 * What a component has of the API (client-go).
 *
 * <p>It writes and reads through an {@link io.towtank.client.ApiClient}, which waits for its rate
 * limit and takes its time; it knows the cluster from {@link io.towtank.client.Informer}s, which
 * components may share through an {@link io.towtank.client.InformerFactory}; and it works on keys
 * in a {@link io.towtank.client.WorkQueue}. What may be wrong between the two is in {@link
 * io.towtank.client.ApiFaults}, which the clients of a cluster share.
 */
@NullMarked
package io.towtank.client;

import org.jspecify.annotations.NullMarked;

/**
 * The cluster's objects as etcd and the API server keep them.
 *
 * <p>{@link io.towtank.store.ApiStore} is the way in: it reads, writes and watches. Behind it, a
 * kind has an {@link io.towtank.store.ObjectTable} with its objects as they are and a history of
 * its latest changes, in which watches are but positions. What the API server's strategies do is in
 * classes without state: KindRules for creation and generations, Deletion for grace periods and
 * finalizers, Eviction for disruption budgets, Naming for names and uids. Refusals are {@link
 * io.towtank.store.ApiException}s in Kubernetes' own words.
 */
@NullMarked
package io.towtank.store;

import org.jspecify.annotations.NullMarked;

/**
 * What every namespace has from its creation (kube-controller-manager: serviceaccount-controller
 * and root-ca-certificate-publisher-controller): the account of pods that name none, and the
 * ConfigMap with the certificates that their token's volume shows.
 *
 * <p>Both are a {@link io.towtank.controllers.serviceaccount.NamespaceFurnisher}, which keeps one
 * object in each namespace.
 */
@NullMarked
package io.towtank.controllers.serviceaccount;

import org.jspecify.annotations.NullMarked;

/**
 * The quota controller: counts what there is of what quotas limit.
 *
 * <p>Admission charges quotas as objects are created ({@link
 * io.towtank.store.admission.ResourceQuotaAdmission}); {@link
 * io.towtank.controllers.resourcequota.ResourceQuotaController} gives back what is freed. What an
 * object uses, both ask of {@link io.towtank.store.admission.QuotaUsage}.
 */
@NullMarked
package io.towtank.controllers.resourcequota;

import org.jspecify.annotations.NullMarked;

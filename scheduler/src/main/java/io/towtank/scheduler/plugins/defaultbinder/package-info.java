/** Binding through the API (kube-scheduler: DefaultBinder). */
@NullMarked
package io.towtank.scheduler.plugins.defaultbinder;

import org.jspecify.annotations.NullMarked;

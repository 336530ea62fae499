/** What the controllers of workloads have in common: owners, templates, expectations, readiness. */
@NullMarked
package io.towtank.controllers.workload;

import org.jspecify.annotations.NullMarked;

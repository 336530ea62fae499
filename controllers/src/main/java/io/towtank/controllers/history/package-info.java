/**
 * ControllerRevisions, in which StatefulSets and DaemonSets keep the templates that they had
 * (pkg/controller/history).
 */
@NullMarked
package io.towtank.controllers.history;

import org.jspecify.annotations.NullMarked;

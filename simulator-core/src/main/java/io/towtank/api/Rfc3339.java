package io.towtank.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a component that counts nanoseconds since 1970 here and is an RFC 3339 time in documents;
 * {@link Timestamps#NONE} is absent.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Rfc3339 {
  /** Whether the document has microseconds (metav1.MicroTime) instead of seconds. */
  boolean micros() default false;
}

package io.towtank.codec;

import com.google.common.base.Throwables;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/**
 * Calls a record's constructor or accessor. The first calls go by reflection, which the launcher
 * tells to make no code for them ({@code jdk.reflect.useNativeAccessorOnly}); whatever is called
 * more often gets a method handle. To make one is some 500 calls' worth: a small run, which reads a
 * few objects of each kind, would spend a third of its time on that.
 */
final class Accessor {
  private static final int COLD_CALLS = 500;
  private static final Object[] NOTHING = {};

  private final Executable member;
  private int calls;
  // Racing threads make equal ones.
  private @Nullable MethodHandle handle;

  /** Of a member, which is made accessible. */
  Accessor(Executable member) {
    member.setAccessible(true);
    this.member = member;
  }

  /** What the constructor makes of these. */
  Object construct(@Nullable Object[] arguments) {
    try {
      MethodHandle known = handle();
      return known == null
          ? ((Constructor<?>) member).newInstance(arguments)
          : (Object) known.invokeExact(arguments);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** What the accessor says of a record. */
  @Nullable Object get(Object record) {
    try {
      MethodHandle known = handle();
      return known == null
          ? ((Method) member).invoke(record, NOTHING)
          : (Object) known.invokeExact(record);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private @Nullable MethodHandle handle() throws IllegalAccessException {
    if (handle == null && calls++ >= COLD_CALLS) {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      handle =
          member instanceof Constructor<?> constructor
              ? lookup
                  .unreflectConstructor(constructor)
                  .asSpreader(Object[].class, constructor.getParameterCount())
                  .asType(MethodType.methodType(Object.class, Object[].class))
              : lookup
                  .unreflect((Method) member)
                  .asType(MethodType.methodType(Object.class, Object.class));
    }
    return handle;
  }

  /** A constructor's or accessor's own exception. */
  private static RuntimeException unexpected(Throwable e) {
    Throwable cause =
        e instanceof InvocationTargetException && e.getCause() != null ? e.getCause() : e;
    Throwables.throwIfUnchecked(cause);
    return new IllegalStateException(cause);
  }
}

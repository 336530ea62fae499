package io.towtank.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/** A call of the command within the test's own process. */
record Invocation(int status, String out, String err) {
  static Invocation of(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status = Towtank.execute(new PrintWriter(out), new PrintWriter(err), arguments);
    return new Invocation(status, out.toString(), err.toString());
  }
}

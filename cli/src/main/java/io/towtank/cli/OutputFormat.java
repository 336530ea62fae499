package io.towtank.cli;

/** How results are printed. */
enum OutputFormat {
  TEXT,
  JSON
}

{
  "targets": [
    {
      "target_name": "multiprocessing",
      "sources": ["<!@(node scripts/native-sources.mjs --arch=<(target_arch))"],
      "include_dirs": ["native", "<!(node -p \"require('node-addon-api').include_dir\")"],
      # SWALLOW: a call that fails because its worker_thread is being terminated must not end the process.
      "defines": ["NAPI_VERSION=9", "NODE_ADDON_API_CPP_EXCEPTIONS", "_GNU_SOURCE",
                  "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS"],
      "cflags!": ["-fno-exceptions"],
      "cflags_cc!": ["-fno-exceptions", "-std=gnu++14", "-std=gnu++17", "-std=gnu++20"],
      "cflags_cc": ["-std=c++17", "-fexceptions", "-fvisibility=hidden"],
      # What is looked up at the first call would be looked up in each forked child, in pages that it has
      # yet to map.
      "ldflags": ["-Wl,-z,now"],
      # shm_open, with glibc before 2.34.
      "conditions": [["OS=='linux'", {"libraries": ["-lrt"]}]],
      "cflags": ["-Wall", "-Wextra", "-Wno-missing-field-initializers", "-Werror"],
      "configurations": {
        # Runs in a Node that has the sanitizers' library preloaded: see scripts/test-sanitized.mjs.
        "Debug": {
          "cflags": ["-fsanitize=address,undefined", "-fno-sanitize-recover=all",
                     "-fno-omit-frame-pointer"],
          "ldflags": ["-fsanitize=address,undefined"]
        }
      }
    }
  ]
}

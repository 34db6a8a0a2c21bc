# SPDX-License-Identifier: MIT
#
# Assay's one Makefile.  This head is its manual; `make help` prints it.
#
#   make run          set up, build, scan the sample mails with all plugins
#   make check        set up, then every test: units, plugins, sample mails, bad
#                     plugins, lint, short fuzzing, all of it again under ASan+UBSan,
#                     and a build with clang
#   make              build only: build/assay, build/assayd, build/plugins/*.so
#   make deps         install the Debian packages that building and testing needs;
#                     deps-run: only those for building
#   make test         the tests against what is built (part of check)
#   make lint         layers, banned functions, licences, formats, docs in step,
#                     cppcheck, clang-tidy (part of check)
#   make torture      every bad plugin beside the good ones over real mail, for
#                     TORTURE_S seconds (default 600); its last line is a ledger
#   make torture-mail TORTURE_MAILS (default 20000) mails through Postfix and assayd
#                     while all that handles them is killed; the last line is a ledger
#   make fuzz         every fuzzer for FUZZ_S seconds (default 60)
#   make deps-bench   install what only benchmarks need: peers to compare with
#   make fuzz-worker  the front against workers that were taken over, for FUZZ_S
#   make bench        benchmarks, side by side in one run; bench-mail: the mail path,
#                     bench-idle: idle connections
#   make docs         write the options into the manual page plugins.conf(5)
#   make format       rewrite the sources with clang-format
#   make install      into DESTDIR and PREFIX (default /usr/local; for Debian /usr)
#   make clean        remove build/
#
# Settings: CC=clang   another compiler, builds in build/clang
#           SAN=address,undefined   sanitizers, builds in build/san
#           WERROR=1   warnings are errors (check does)      V=1   show commands
#
# A plugin is a folder plugins/NAME with its sources and a plugin.mk that may set
# NAME_PKGS (pkg-config names), NAME_CFLAGS, NAME_LIBS and NAME_DEBS (packages).

CC      ?= gcc
ifeq ($(origin CC),default)
CC      := gcc
endif
CXX     := $(if $(findstring clang,$(CC)),clang++,g++)
PREFIX  ?= /usr/local
VERSION := 0.1.0
FUZZ_S  ?= 60
TORTURE_S ?= 600
TORTURE_MAILS ?= 20000

comma   := ,
B       := build$(if $(findstring clang,$(CC)),/clang)$(if $(SAN),/san)
Q       := $(if $(V),,@)
say     = $(if $(V),,@printf '  %-7s %s\n' '$(1)' '$(patsubst $(CURDIR)/%,%,$(2))')

# --- what it is made of --------------------------------------------------------

PLUGINS := $(sort $(patsubst plugins/%/plugin.mk,%,$(wildcard plugins/*/plugin.mk)))
include $(wildcard plugins/*/plugin.mk)

CORE_PKGS := glib-2.0 gmime-3.0 libcrypto jansson libseccomp sqlite3 libsodium
CORE_LIBS := -lmagic -lm
CORE_SRC  := $(filter-out core/cli/% core/daemon/main.c,$(wildcard core/*/*.c))
CLI_SRC   := $(wildcard core/cli/*.c)
UNIT_SRC  := $(wildcard tests/unit/test_*.c)
UNIT_HELP := $(filter-out $(UNIT_SRC),$(wildcard tests/unit/*.c))
FUZZ_SRC  := $(wildcard tests/fuzz/fuzz_*.c)
BENCH_SRC := $(wildcard tests/bench/bench_*.c tests/bench/make_*.c)
BENCH_HELP := $(filter-out $(BENCH_SRC),$(wildcard tests/bench/*.c))
TORTURE_SRC := $(wildcard tests/torture/*.c)
BAD_SRC   := $(wildcard tests/plugins/*.c)
BAD_CPP   := $(wildcard tests/plugins/*.cpp)

# Debian packages: to build, to test, to benchmark.  Tests put Postfix, Sendmail and
# Dovecot around assayd.  Postfix would take the place of the machine's own mail server,
# so it is installed only where there is none; Sendmail is unpacked into build/mta, which
# wants its libraries only.
MAIL_SERVER = $(shell dpkg-query -S /usr/sbin/sendmail 2>/dev/null)
MTA_DEBS = $(if $(filter-out postfix: /usr/sbin/sendmail,$(MAIL_SERVER)),,postfix) \
	dovecot-lmtpd dovecot-sieve \
	m4 openssl libdb5.3 libldap-2.5-0 liblockfile1 libnsl2 libsasl2-2 libwrap0
DEBS := gcc g++ make pkg-config libglib2.0-dev libgmime-3.0-dev libmagic-dev \
	libssl-dev libjansson-dev libseccomp-dev libsqlite3-dev libsodium-dev \
	$(foreach p,$(PLUGINS),$($(p)_DEBS))
DEBS_TEST  = libcunit1-dev clang clang-tidy clang-format cppcheck valgrind jq \
	libclang-rt-14-dev clamav-testfiles zip mandoc socat systemd \
	libarchive-tools xz-utils time $(MTA_DEBS)
DEBS_BENCH := clamav-daemon clamav-milter rspamd libmilter-dev $(if $(shell command -v npm),,npm)

# --- flags ----------------------------------------------------------------------

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wformat=2 -Wconversion \
	-Wsign-conversion -Wstrict-prototypes -Wmissing-prototypes \
	-Wold-style-definition -Wpointer-arith -Wcast-qual -Wwrite-strings -Wvla \
	-Walloca -Wswitch-enum -Wundef -Wdouble-promotion -Wnull-dereference \
	-Wimplicit-fallthrough $(if $(WERROR),-Werror)
WARN_GCC := -Wformat-signedness -Wduplicated-cond -Wduplicated-branches \
	-Wlogical-op -Wjump-misses-init
WARN += $(if $(findstring clang,$(CC)),,$(WARN_GCC))
HARD := -fstack-protector-strong -fstack-clash-protection -fcf-protection \
	$(if $(SAN),-fno-omit-frame-pointer,-D_FORTIFY_SOURCE=2)
SANF := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=undefined)
OPT  ?= $(if $(SAN),-O1,-O2)
# Third-party headers are system headers: their macros are not ours to mend.
sysinc = $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(1) 2>/dev/null))
libs   = $(shell pkg-config --libs $(1) 2>/dev/null)

CFLAGS_ALL = -std=gnu17 -g $(OPT) -fPIC -fvisibility=hidden -MMD -MP $(WARN) \
	$(HARD) $(SANF) -Isdk/include -D_GNU_SOURCE $(CFLAGS)
CORE_CFLAGS := -Icore -DASSAY_VERSION='"$(VERSION)"' -DASSAY_PREFIX='"$(PREFIX)"' \
	$(call sysinc,$(CORE_PKGS))
CORE_LDLIBS := $(call libs,$(CORE_PKGS)) $(CORE_LIBS)
LDFLAGS_ALL = -Wl,-z,relro -Wl,-z,now $(SANF) $(LDFLAGS)
PLUGIN_LDFLAGS = -shared -Wl,-z,relro -Wl,-z,now $(if $(SAN),,-Wl,-z,defs) \
	-Wl,-z,noexecstack -Wl,--version-script=sdk/plugin.map $(SANF) $(LDFLAGS)

# --- building --------------------------------------------------------------------

.PHONY: all lib run check deps deps-run deps-bench test lint fuzz fuzz-worker bench format install clean help \
	unit samples docs bench-programs torture torture-mail bench-mail bench-idle
.DEFAULT_GOAL := all
.SECONDARY:

obj = $(patsubst %.c,$(B)/obj/%.o,$(1))
CORE_OBJ := $(call obj,$(CORE_SRC))
CLI_OBJ  := $(call obj,$(CLI_SRC))
PLUGIN_SO := $(PLUGINS:%=$(B)/plugins/%.so)
UNIT_BIN := $(UNIT_SRC:tests/unit/%.c=$(B)/unit/%)
FB := build/fuzz
FUZZ_BIN := $(FUZZ_SRC:tests/fuzz/%.c=$(FB)/%)
HOSTILE  := $(B)/hostile_worker $(B)/hostile_seat
MILTER   := $(B)/milter_echo $(B)/milter_post
MTA      := $(B)/mta/say $(B)/torture_mail $(B)/torture_ledger
BAD_SO   := $(BAD_SRC:tests/plugins/%.c=$(B)/bad/%.so) \
	$(BAD_CPP:tests/plugins/%.cpp=$(B)/bad/%.so)
BAD_H    := $(wildcard tests/plugins/*.h) sdk/include/assay/plugin.h
TEMPLATE_SO := $(if $(wildcard sdk/template/*),$(B)/template/template.so \
	$(B)/template/template_cpp.so)

all: $(B)/assay $(B)/assayd $(PLUGIN_SO) $(TEMPLATE_SO)
lib: $(B)/libassay.a $(PLUGIN_SO) $(TEMPLATE_SO)

$(B)/libassay.a: $(CORE_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

$(B)/assay: $(CLI_OBJ) $(B)/libassay.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -pie -o $@ $^ $(CORE_LDLIBS) -ldl

$(B)/assayd: $(B)/obj/core/daemon/main.o $(B)/libassay.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -pie -o $@ $^ $(CORE_LDLIBS) -ldl

$(B)/obj/core/%.o: core/%.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(CFLAGS_ALL) $(CORE_CFLAGS) -c -o $@ $<

# Plugins that are ours: they share the class of the workers that run scans.
%/core/host/class.o: CORE_CFLAGS += -DASSAY_IN_TREE='"$(PLUGINS)"'
$(B)/obj/core/host/class.o: $(wildcard plugins/*/plugin.mk)

$(B)/obj/tests/%.o: tests/%.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(CFLAGS_ALL) $(CORE_CFLAGS) -Itests/unit -c -o $@ $<

# One plugin: its folder's sources, the SDK, its own libraries, one exported symbol.
define plugin_rules
$(B)/obj/plugins/$(1)/%.o: plugins/$(1)/%.c
	$$(call say,CC,$$<)
	$(Q)mkdir -p $$(@D) && $(CC) $$(CFLAGS_ALL) $$($(1)_CFLAGS) \
		$$(call sysinc,$$($(1)_PKGS)) -c -o $$@ $$<
$(B)/plugins/$(1).so: $$(call obj,$$(wildcard plugins/$(1)/*.c)) sdk/plugin.map
	$$(call say,PLUGIN,$$@)
	$(Q)mkdir -p $$(@D) && $(CC) -o $$@ $$(filter %.o,$$^) $$(PLUGIN_LDFLAGS) \
		$$(if $$($(1)_PKGS),$$(call libs,$$($(1)_PKGS))) $$($(1)_LIBS)
# tests/unit/test_NAME_*.c and tests/fuzz/fuzz_NAME_*.c are of this plugin.
$(filter $(B)/unit/test_$(1)_%,$(UNIT_BIN)): $$(call obj,$$(wildcard plugins/$(1)/*.c))
$(filter $(B)/unit/test_$(1)_%,$(UNIT_BIN)): PART_LIBS = \
	$$(if $$($(1)_PKGS),$$(call libs,$$($(1)_PKGS))) $$($(1)_LIBS)
$(filter build/fuzz/fuzz_$(1)_%,$(FUZZ_BIN)): PART_SRC = $$(wildcard plugins/$(1)/*.c)
$(filter build/fuzz/fuzz_$(1)_%,$(FUZZ_BIN)): PART_LIBS = \
	$$(if $$($(1)_PKGS),$$(call libs,$$($(1)_PKGS))) $$($(1)_LIBS)
$(filter build/fuzz/fuzz_$(1)_%,$(FUZZ_BIN)): $$(wildcard plugins/$(1)/*.[ch])
endef
$(foreach p,$(PLUGINS),$(eval $(call plugin_rules,$(p))))

# tests/unit/test_cli_*.c and tests/fuzz/fuzz_cli_*.c are of core/cli, which is in no
# library.
$(filter $(B)/unit/test_cli_%,$(UNIT_BIN)): $(filter-out %/main.o,$(CLI_OBJ))
$(filter $(B)/unit/test_cli_%,$(UNIT_BIN)): PART_LIBS = $(B)/libassay.a $(CORE_LDLIBS)
$(filter build/fuzz/fuzz_cli_%,$(FUZZ_BIN)): PART_SRC = build/fuzz/obj/core/cli/json.o
$(filter build/fuzz/fuzz_cli_%,$(FUZZ_BIN)): build/fuzz/obj/core/cli/json.o

$(B)/template/template.so: sdk/template/template.c sdk/plugin.map
	$(call say,PLUGIN,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(CFLAGS_ALL) -std=c99 -o $@ $< $(PLUGIN_LDFLAGS)

$(B)/template/template_cpp.so: sdk/template/template.cpp sdk/plugin.map
	$(call say,PLUGIN,$@)
	$(Q)mkdir -p $(@D) && $(CXX) -std=c++11 -g $(OPT) -fPIC -fvisibility=hidden \
		-Wall -Wextra -Wpedantic -Wconversion $(if $(WERROR),-Werror) -Isdk/include \
		-o $@ $< $(PLUGIN_LDFLAGS)

# Deliberately bad plugins: exported as each of them likes.
$(B)/bad/%.so: tests/plugins/%.c $(BAD_H)
	$(call say,BAD,$@)
	$(Q)mkdir -p $(@D) && $(CC) -std=gnu17 -g -fPIC -D_GNU_SOURCE -Isdk/include \
		-Itests/plugins $(SANF) -shared -o $@ $< $(LDFLAGS) $(BAD_LIBS)
$(B)/bad/%.so: tests/plugins/%.cpp $(BAD_H)
	$(call say,BAD,$@)
	$(Q)mkdir -p $(@D) && $(CXX) -std=c++20 -g -fPIC -D_GNU_SOURCE -Isdk/include \
		-Itests/plugins $(SANF) -shared -o $@ $< $(LDFLAGS)
$(B)/bad/borrowed_entry.so: $(B)/bad/right.so
$(B)/bad/borrowed_entry.so: private BAD_LIBS = -L$(B)/bad -l:right.so '-Wl,-rpath,$$ORIGIN'

$(B)/unit/%: $(B)/obj/tests/unit/%.o $(call obj,$(UNIT_HELP)) $(B)/libassay.a
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(LDFLAGS_ALL) -o $@ $^ $(CORE_LDLIBS) $(PART_LIBS) \
		-lcunit -ldl

# Plays the front: its definitions go before the library's.
$(B)/unit/test_service: PART_LIBS = -Wl,--allow-multiple-definition

$(B)/torture: $(call obj,$(TORTURE_SRC)) $(B)/libassay.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(CORE_LDLIBS) -ldl

# A filter and a client, for a real MTA between them.
$(MILTER): $(B)/milter_%: $(B)/obj/tests/milter/%.o $(B)/obj/tests/unit/echo.o $(B)/libassay.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(CORE_LDLIBS) -ldl

# Clients of a real MTA.
$(B)/mta/%: $(B)/obj/tests/mta/%.o $(B)/obj/tests/mta/smtp.o $(B)/libassay.a
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(LDFLAGS_ALL) -o $@ $^ $(CORE_LDLIBS) -lssl -ldl

# Mail through Postfix and assayd while both are killed, and the count afterwards.
TORTURE_MAIL := $(addprefix $(B)/obj/tests/torture_mail/,plan.o clients.o deck.o found.o hunt.o keeper.o)
$(B)/torture_mail $(B)/torture_ledger: $(B)/%: $(B)/obj/tests/torture_mail/%.o $(TORTURE_MAIL) \
		$(B)/obj/tests/mta/smtp.o $(B)/libassay.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(CORE_LDLIBS) -ldl

# System calls that fail by their number: its own ones come before libc's.
FAULT := $(B)/fault_quarantine
$(FAULT): $(B)/obj/tests/fault/fault_quarantine.o $(B)/obj/tests/fault/shim.o $(B)/libassay.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -rdynamic -o $@ $^ $(CORE_LDLIBS) -ldl

# Holds a message as the front does, for scripts.
FRONT := $(B)/quarantine_front
$(FRONT): $(B)/obj/tests/fault/quarantine_front.o $(B)/libassay.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(CORE_LDLIBS) -ldl

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)

# --- setting up ------------------------------------------------------------------

# Says what is missing and why it is wanted, then installs it with apt.
install_debs = sh .ci/deps.sh '$(1)' $(2)

deps-run:
	$(Q)$(call install_debs,build Assay,$(sort $(DEBS)))

deps:
	$(Q)$(call install_debs,build and test Assay,$(sort $(DEBS) $(DEBS_TEST)))

deps-bench: deps
	$(Q)$(call install_debs,compare with other scanners in make bench,$(DEBS_BENCH))

# A part of the whole, on all processors.
SUB = $(MAKE) --no-print-directory -j$(shell nproc)

# --- using and testing -------------------------------------------------------------

run: deps-run
	$(Q)$(SUB) all
	$(Q)$(B)/assay scan tests/mail || test $$? -eq 1
	@printf '\nYour own mail:  %s scan PATH...   (files, folders, Maildir, mbox; see README.md)\n' '$(B)/assay'

check: deps
	$(Q)$(SUB) WERROR=1 all test
	$(Q)$(SUB) lint
	$(Q)$(SUB) WERROR=1 CC=clang all
	$(Q)$(SUB) WERROR=1 SAN=address,undefined all test
	$(Q)$(SUB) fuzz FUZZ_S=5
	@echo 'check: all passed'

unit: $(UNIT_BIN) all $(BAD_SO) $(B)/torture
	$(Q)for t in $(UNIT_BIN); do ASSAY_BUILD=$(B) $$t || exit 1; done

# With sanitizers the mail servers are asked by some of their scripts only: the others
# go the same ways through our code, and most of their time is the servers' own.
RUN_ONCE := $(addprefix tests/run/,mail_bytes.sh mail_forged.sh mail_large.sh \
	mail_limits.sh mail_sendmail.sh mail_ways.sh milter_postfix.sh \
	milter_sendmail.sh readme.sh template.sh daemon_systemd.sh)
RUNS := $(sort $(filter-out $(if $(SAN),$(RUN_ONCE)),$(wildcard tests/run/*.sh)))

test: unit $(HOSTILE) $(MILTER) $(if $(SAN),,$(FAULT)) $(FRONT) $(MTA)
	$(Q)for t in $(RUNS); do \
		printf '  RUN     %s\n' $$t; ASSAY_BUILD=$(B) sh $$t || exit 1; done

lint:
	$(Q)for t in $(sort $(wildcard tests/lint/*.sh)); do \
		printf '  LINT    %s\n' $$t; ASSAY_BUILD=$(B) sh $$t || exit 1; done

# --- fuzzing -------------------------------------------------------------------------

FUZZ_FLAGS := -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined
FUZZ_CC = clang -std=gnu17 -g -O1 -D_GNU_SOURCE $(FUZZ_FLAGS) -MMD -MP \
	-Isdk/include $(CORE_CFLAGS)
$(FB)/obj/%.o: %.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(FUZZ_CC) -c -o $@ $<
$(FB)/libassay.a: $(CORE_SRC:%.c=$(FB)/obj/%.o)
	$(Q)rm -f $@ && ar rcs $@ $^
$(FB)/fuzz_%: tests/fuzz/fuzz_%.c $(FB)/libassay.a
	$(call say,FUZZ,$@)
	$(Q)$(FUZZ_CC) -o $@ $< $(PART_SRC) $(FB)/libassay.a $(CORE_LDLIBS) $(PART_LIBS) -ldl
-include $(shell find $(FB)/obj -name '*.d' 2>/dev/null)

# The front against workers that were taken over: no libFuzzer, but time and chance.
$(HOSTILE): $(B)/%: $(B)/obj/tests/fuzz/%.o $(B)/obj/tests/fuzz/adversary.o \
		$(B)/obj/tests/fuzz/hostile.o $(B)/obj/tests/fuzz/hostile_zygote.o \
		$(B)/libassay.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(CORE_LDLIBS) -lpthread -ldl

fuzz-worker:
	$(Q)$(SUB) SAN=address,undefined build/san/hostile_seat build/san/hostile_worker
	$(Q)build/san/hostile_seat $(FUZZ_S)
	$(Q)build/san/hostile_worker $(FUZZ_S)

fuzz: $(FUZZ_BIN)
	$(Q)printf '%s\n' $(FUZZ_BIN) | \
		xargs -P $(shell nproc) -I {} sh tests/fuzz/run.sh {} $(FUZZ_S)

torture: all $(BAD_SO) $(B)/torture
	$(Q)ASSAY_BUILD=$(B) sh tests/torture/torture.sh $(TORTURE_S)

torture-mail: all $(MTA) $(BAD_SO)
	$(Q)ASSAY_BUILD=$(B) sh tests/torture_mail/torture_mail.sh $(TORTURE_MAILS) \
		$$(($(TORTURE_MAILS) / 400 + 10)) $$(($(TORTURE_MAILS) / 1000 + 1))

# --- benchmarks, documents, housekeeping ------------------------------------------

BENCH_BIN := $(BENCH_SRC:tests/bench/%.c=$(B)/bench/%)
$(B)/bench/%: $(B)/obj/tests/bench/%.o $(call obj,$(BENCH_HELP)) $(B)/libassay.a
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(LDFLAGS_ALL) -o $@ $^ $(CORE_LDLIBS) \
		$(call libs,libclamav) $(BENCH_LIBS) -lpthread -ldl
$(B)/bench/bench_smtp: $(B)/obj/tests/mta/smtp.o
$(B)/bench/bench_accept: private BENCH_LIBS = -lmilter

bench: deps-bench
	$(Q)$(MAKE) --no-print-directory all bench-programs
	$(Q)ASSAY_BUILD=$(B) sh tests/bench/bench.sh

bench-mail: deps-bench
	$(Q)$(MAKE) --no-print-directory all bench-programs $(MTA)
	$(Q)ASSAY_BUILD=$(B) sh tests/bench/mail.sh

bench-idle: deps-bench
	$(Q)$(MAKE) --no-print-directory all bench-programs
	$(Q)ASSAY_BUILD=$(B) sh tests/bench/idle.sh

bench-programs: $(BENCH_BIN) $(B)/bad/puppet.so

PAGE := core/cli/man/plugins.conf.5
docs: all
	$(Q)sh core/cli/man/options.sh $(B)/assay $(PAGE) >$(B)/page && mv $(B)/page $(PAGE)

format:
	$(Q)find core plugins sdk tests -name '*.[ch]' -o -name '*.cpp' | xargs clang-format -i

# For Debian PREFIX=/usr.  What the administrator has written stays; a new
# /etc/assay/plugins.conf is the one of this folder, and listens for Debian's Postfix.
D := $(DESTDIR)$(PREFIX)
CONF := $(DESTDIR)/etc/assay/plugins.conf
UNITS := core/daemon/systemd
install: all
	install -d '$(D)/bin' '$(D)/sbin' '$(D)/lib/assay/plugins' '$(D)/include/assay' \
		'$(D)/share/assay/sdk' '$(D)/share/assay/sigs' '$(D)/share/assay/sieve' \
		'$(D)/share/man/man1' \
		'$(D)/share/man/man5' '$(D)/share/man/man8' '$(D)/lib/systemd/system' \
		'$(D)/lib/sysusers.d' '$(D)/lib/tmpfiles.d' '$(DESTDIR)/etc/assay'
	install -m 755 $(B)/assay '$(D)/bin/'
	install -m 755 $(B)/assayd '$(D)/sbin/'
	install -m 644 $(PLUGIN_SO) '$(D)/lib/assay/plugins/'
	install -m 644 sdk/include/assay/*.h '$(D)/include/assay/'
	install -m 644 sdk/plugin.map sdk/*.md sdk/template/* '$(D)/share/assay/sdk/'
	cp -R sigs/. '$(D)/share/assay/sigs/'
	install -m 644 core/front/sieve/*.sieve '$(D)/share/assay/sieve/'
	test -e '$(CONF)' || { sed 's,sigs/,$(PREFIX)/share/assay/sigs/,g' plugins.conf && \
		cat $(UNITS)/postfix.conf; } >'$(CONF)'
	for u in assayd.service assayd.socket; do \
		sed 's,@sbindir@,$(PREFIX)/sbin,; s,@bindir@,$(PREFIX)/bin,' $(UNITS)/$$u \
		>'$(D)/lib/systemd/system/'$$u && chmod 644 '$(D)/lib/systemd/system/'$$u || exit 1; done
	install -m 644 $(UNITS)/sysusers.conf '$(D)/lib/sysusers.d/assay.conf'
	install -m 644 $(UNITS)/tmpfiles.conf '$(D)/lib/tmpfiles.d/assay.conf'
	for m in core/*/man/*.[158]; do install -m 644 $$m '$(D)/share/man/man'$${m##*.}/; done

clean:
	rm -rf build

help:
	@sed -n '3,/^$$/s/^# \{0,1\}//p' Makefile

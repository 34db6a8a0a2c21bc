/* SPDX-License-Identifier: MIT */
#include "../../plugins/archive/zip_directory.h"
#include "hosting.h"
#include "mail/message.h"
#include "unit.h"
#include "zip_maker.h"

#include <string.h>

static struct zip_maker zip;
static struct zip_directory directory;

/* Walks the zip at hand, which the next begin() throws away. */
static bool walk(void)
{
    zip_directory_clear(&directory);
    return zip_directory_read(zip.file->data, zip.file->len, 100, &directory);
}

static void begin(void)
{
    zip_maker_clear(&zip);
}

/* What a mail with the zip attached comes to, by the plugin itself. */
static struct hosting *opened;

static void scan(void)
{
    g_autofree char *base64 = g_base64_encode(zip.file->data, zip.file->len);
    g_autoptr(GString) lines = g_string_new(NULL);
    for (size_t at = 0; at < strlen(base64); at += 76)
        g_string_append_printf(lines, "%.76s\r\n", base64 + at);
    g_autofree char *mail = g_strdup_printf(
        "MIME-Version: 1.0\r\nContent-Type: application/zip; name=a.zip\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n%s",
        lines->str);
    if (opened == NULL) {
        g_autofree char *so =
            g_canonicalize_filename(unit_build("plugins/archive.so"), NULL);
        g_autofree char *conf =
            g_strdup_printf("[plugin archive]\nfile = %s\n", so);
        opened = hosting_open(conf);
    }
    CU_ASSERT_PTR_NOT_NULL_FATAL(opened->host);
    hosting_scan(opened, mail);
}

/* Is there a member of that name (any of its names) and content? */
static bool has(const char *name, const char *text)
{
    const GPtrArray *objects = opened->message->objects;

    for (unsigned i = 1; i < objects->len; i++) {
        const struct object *o = g_ptr_array_index(objects, i);
        if (o->size != strlen(text) || memcmp(o->data, text, o->size) != 0)
            continue;
        for (unsigned k = 0; o->names != NULL && k < o->names->len; k++) {
            const struct object_name *n = g_ptr_array_index(o->names, k);
            if (strcmp(n->text, name) == 0)
                return true;
        }
    }
    return false;
}

static bool told(const char *line)
{
    return strstr(hosting_findings(opened), line) != NULL;
}

static void a_plain_zip_has_no_differences(void)
{
    begin();
    zip_member_put(&zip, "a", "alpha");
    zip_member_put(&zip, "b", "");
    zip_end_put(&zip);
    CU_ASSERT_TRUE(walk());
    CU_ASSERT_EQUAL(directory.n, 2);
    CU_ASSERT_EQUAL(directory.gap_n, 0);
    CU_ASSERT_EQUAL(directory.entries[0].differs, 0);
    CU_ASSERT_EQUAL(directory.entries[0].csize, 5);
    CU_ASSERT_FALSE(directory.is_damaged || directory.is_overlapping ||
                    directory.is_multivolume || directory.is_cut);
    scan();
    CU_ASSERT_TRUE(has("a", "alpha"));
    CU_ASSERT_STRING_EQUAL(hosting_findings(opened), "");
}

static void what_stands_before_does_not_matter(void)
{
    static const char before[] = "MZ some program ";

    begin();
    zip_bytes_put(&zip, before, sizeof before);
    zip_member_put(&zip, "a", "alpha");
    zip_end_put(&zip);
    CU_ASSERT_TRUE(walk());
    CU_ASSERT_EQUAL(directory.n, 1);
    CU_ASSERT_EQUAL(directory.entries[0].local, sizeof before);
    CU_ASSERT_EQUAL(directory.entries[0].differs, 0);
    CU_ASSERT_EQUAL(directory.gap_n, 0);
}

/* A local header that says `local` where the directory says `central`. */
static uint32_t differs(struct zip_said local, struct zip_said central,
                        const char *text)
{
    begin();
    zip_entry_put(&zip, central, zip_local_put(&zip, local, text));
    zip_end_put(&zip);
    CU_ASSERT_TRUE_FATAL(walk());
    CU_ASSERT_EQUAL_FATAL(directory.n, 1);
    return directory.entries[0].differs;
}

static void every_other_word_of_a_local_header_is_told(void)
{
    const struct zip_said is = zip_stored("a", "alpha");
    struct zip_said says = is;

    says.name = "b";
    CU_ASSERT_EQUAL(differs(says, is, "alpha"), ZIP_DIFFERS_NAME);
    says.name = "longer";
    CU_ASSERT_EQUAL(differs(says, is, "alpha"), ZIP_DIFFERS_NAME);
    says = is;
    says.method = 8;
    CU_ASSERT_EQUAL(differs(says, is, "alpha"), ZIP_DIFFERS_DATA);
    says = is;
    says.csize = 4;
    CU_ASSERT_EQUAL(differs(says, is, "alpha"), ZIP_DIFFERS_DATA);
    says = is;
    says.usize = 6;
    CU_ASSERT_EQUAL(differs(says, is, "alpha"), ZIP_DIFFERS_DATA);
    says = is;
    says.crc ^= 1;
    CU_ASSERT_EQUAL(differs(says, is, "alpha"), ZIP_DIFFERS_DATA);
    says = is;
    says.flags = 1;
    CU_ASSERT_EQUAL(differs(says, is, "alpha"), ZIP_DIFFERS_DATA);
}

static void sizes_behind_the_data_are_no_difference(void)
{
    struct zip_said is = zip_stored("a", "alpha");

    is.flags = 8;
    struct zip_said says = is;
    says.crc = 0;
    says.csize = 0;
    says.usize = 0;
    CU_ASSERT_EQUAL(differs(says, is, "alpha"), 0);
    CU_ASSERT_TRUE(directory.entries[0].at.is_streamed);
}

static void both_names_are_kept(void)
{
    const struct zip_said is = zip_stored("letter.txt", "alpha");
    struct zip_said says = is;

    says.name = "letter.exe";
    differs(says, is, "alpha");
    scan();
    CU_ASSERT_TRUE(has("letter.txt", "alpha"));
    CU_ASSERT_TRUE(has("letter.exe", "alpha"));
    CU_ASSERT_TRUE(told("anomaly archive.zip_disagrees 1: "));
}

static void both_contents_are_opened(void)
{
    const struct zip_said is = zip_stored("a", "good");
    struct zip_said says = zip_stored("a", "good, then evil");

    differs(says, is, "good, then evil");
    scan();
    CU_ASSERT_TRUE(has("a", "good"));
    CU_ASSERT_TRUE(has("a", "good, then evil"));
    CU_ASSERT_TRUE(told("anomaly archive.zip_disagrees 1: "));
}

static void a_member_that_only_one_view_calls_encrypted_is_opened(void)
{
    const struct zip_said is = zip_stored("a", "alpha");
    struct zip_said says = is;

    says.flags = 1;
    differs(says, is, "alpha"); /* the local header says encrypted */
    scan();
    CU_ASSERT_TRUE(has("a", "alpha"));
    CU_ASSERT_TRUE(told("encrypted archive.encrypted 1!a: "));
    differs(is, says, "alpha"); /* the directory does */
    scan();
    CU_ASSERT_TRUE(has("a", "alpha"));
    CU_ASSERT_TRUE(told("encrypted archive.encrypted 1!a: "));
}

static void a_member_that_is_not_in_the_directory_is_opened(void)
{
    begin();
    zip_member_put(&zip, "a", "alpha");
    zip_local_put(&zip, zip_stored("hidden", "evil"), "evil");
    zip_member_put(&zip, "b", "beta");
    zip_end_put(&zip);
    CU_ASSERT_TRUE_FATAL(walk());
    CU_ASSERT_EQUAL(directory.n, 2);
    CU_ASSERT_EQUAL(directory.gap_n, 1);
    scan();
    CU_ASSERT_TRUE(has("a", "alpha") && has("b", "beta"));
    CU_ASSERT_TRUE(has("hidden", "evil"));
    CU_ASSERT_TRUE(told("anomaly archive.zip_disagrees 1: "));
}

static void a_zip_behind_a_zip_opens_both(void)
{
    struct zip_maker first = {0};

    zip_member_put(&first, "first", "one");
    zip_end_put(&first);
    begin();
    zip_bytes_put(&zip, first.file->data, first.file->len);
    zip_maker_clear(&first);
    zip.count = 0;
    zip_member_put(&zip, "second", "two");
    zip_end_put(&zip);
    scan();
    CU_ASSERT_TRUE(has("first", "one"));
    CU_ASSERT_TRUE(has("second", "two"));
    CU_ASSERT_TRUE(told("anomaly archive.zip_disagrees 1: "));
}

static void a_stored_zip_in_a_zip_is_no_difference(void)
{
    struct zip_maker inner = {0};

    zip_member_put(&inner, "x", "inside");
    zip_end_put(&inner);
    begin();
    struct zip_said said = {.name = "inner.zip",
                            .csize = inner.file->len,
                            .usize = inner.file->len};
    uint32_t offset = zip_local_put(&zip, said, "");
    zip_bytes_put(&zip, inner.file->data, inner.file->len);
    zip_maker_clear(&inner);
    zip_entry_put(&zip, said, offset);
    zip_end_put(&zip);
    CU_ASSERT_TRUE_FATAL(walk());
    CU_ASSERT_EQUAL(directory.n, 1);
    CU_ASSERT_EQUAL(directory.gap_n, 0);
}

static void members_that_share_bytes_are_told(void)
{
    begin();
    struct zip_said said = zip_stored("a", "alpha");
    uint32_t offset = zip_local_put(&zip, said, "alpha");
    zip_entry_put(&zip, said, offset);
    said.name = "b";
    zip_entry_put(&zip, said, offset);
    zip_end_put(&zip);
    CU_ASSERT_TRUE_FATAL(walk());
    CU_ASSERT_TRUE(directory.is_overlapping);
    scan();
    CU_ASSERT_TRUE(has("b", "alpha"));
    CU_ASSERT_TRUE(told("anomaly archive.zip_overlap 1: "));
}

static void an_entry_without_a_local_header_is_told(void)
{
    begin();
    zip_member_put(&zip, "a", "alpha");
    zip_entry_put(&zip, zip_stored("b", "beta"), 3);
    zip_entry_put(&zip, zip_stored("c", "beta"), 0x7fffffff);
    zip_end_put(&zip);
    CU_ASSERT_TRUE_FATAL(walk());
    CU_ASSERT_EQUAL(directory.entries[1].differs, ZIP_NO_LOCAL);
    CU_ASSERT_EQUAL(directory.entries[2].differs, ZIP_NO_LOCAL);
    scan();
    CU_ASSERT_TRUE(has("a", "alpha"));
    CU_ASSERT_TRUE(told("partial archive.damaged 1!b: "));
    CU_ASSERT_TRUE(told("partial archive.damaged 1!c: "));
}

static void a_directory_that_is_not_as_it_says_is_damaged(void)
{
    begin();
    zip_member_put(&zip, "a", "alpha");
    zip.count = 2;
    zip_end_put(&zip);
    CU_ASSERT_TRUE_FATAL(walk());
    CU_ASSERT_TRUE(directory.is_damaged);
    scan();
    CU_ASSERT_TRUE(has("a", "alpha"));
    CU_ASSERT_TRUE(told("partial archive.damaged 1: "));
}

static void without_its_directory_a_zip_is_truncated(void)
{
    begin();
    zip_local_put(&zip, zip_stored("a", "alpha"), "alpha");
    zip_local_put(&zip, zip_stored("b", "beta"), "be");
    CU_ASSERT_FALSE(walk());
    scan();
    CU_ASSERT_TRUE(has("a", "alpha"));
    CU_ASSERT_TRUE(has("b", "be"));
    CU_ASSERT_TRUE(told("partial archive.truncated 1: "));
}

static void other_disks_are_told(void)
{
    begin();
    zip_member_put(&zip, "a", "alpha");
    zip_end_put(&zip);
    zip.file->data[zip.file->len - 18] = 2; /* this is disk 2 */
    CU_ASSERT_TRUE(walk());
    CU_ASSERT_TRUE(directory.is_multivolume);
    scan();
    CU_ASSERT_TRUE(told("partial archive.multivolume 1: "));
}

static void no_more_entries_are_read_than_wanted(void)
{
    begin();
    for (int i = 0; i < 10; i++)
        zip_member_put(&zip, "a", "alpha");
    zip_end_put(&zip);
    zip_directory_clear(&directory);
    CU_ASSERT_TRUE_FATAL(
        zip_directory_read(zip.file->data, zip.file->len, 9, &directory));
    CU_ASSERT_EQUAL(directory.n, 9);
    CU_ASSERT_TRUE(directory.is_cut);
    CU_ASSERT_FALSE(directory.is_damaged);
}

static void every_prefix_of_a_zip_is_borne(void)
{
    begin();
    zip_member_put(&zip, "a", "alpha");
    zip_member_put(&zip, "b", "beta");
    zip_end_put(&zip);
    zip_directory_clear(&directory);
    for (unsigned n = 0; n < zip.file->len; n++) {
        /* Exactly so long, so that a sanitizer sees a byte too far. */
        g_autofree uint8_t *p = g_memdup2(zip.file->data, n);
        CU_ASSERT_FALSE(zip_directory_read(p, n, 100, &directory));
        zip_directory_clear(&directory);
    }
    begin();
    zip_directory_clear(&directory);
    hosting_free(opened);
}

UNIT_MAIN("archive zip", UNIT(a_plain_zip_has_no_differences),
          UNIT(what_stands_before_does_not_matter),
          UNIT(every_other_word_of_a_local_header_is_told),
          UNIT(sizes_behind_the_data_are_no_difference),
          UNIT(both_names_are_kept), UNIT(both_contents_are_opened),
          UNIT(a_member_that_only_one_view_calls_encrypted_is_opened),
          UNIT(a_member_that_is_not_in_the_directory_is_opened),
          UNIT(a_zip_behind_a_zip_opens_both),
          UNIT(a_stored_zip_in_a_zip_is_no_difference),
          UNIT(members_that_share_bytes_are_told),
          UNIT(an_entry_without_a_local_header_is_told),
          UNIT(a_directory_that_is_not_as_it_says_is_damaged),
          UNIT(without_its_directory_a_zip_is_truncated),
          UNIT(other_disks_are_told),
          UNIT(no_more_entries_are_read_than_wanted),
          UNIT(every_prefix_of_a_zip_is_borne))

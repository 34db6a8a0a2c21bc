/* SPDX-License-Identifier: MIT */
#include "mail/detect_part.h"

#include <glib.h>

#include <string.h>
#include <threads.h>

typedef const char *(*refine_fn)(const uint8_t *p, size_t n);

/* One signature.  Sources: the formats' own specifications, file(1)'s names. */
struct signature {
    const char *bytes;
    uint8_t bytes_n;
    uint8_t more_n;   /* 0, or a second piece */
    uint16_t more_at; /* where that is */
    const char *more;
    const char *type;
    refine_fn refine; /* NULL: type as it is; may answer NULL: not this */
    bool is_weak;     /* text may begin so */
};

/* clang-format off */
#define SIG(bytes, type)             {bytes, sizeof(bytes) - 1, 0, 0, NULL, type, NULL, false}
#define WEAK(bytes, type)            {bytes, sizeof(bytes) - 1, 0, 0, NULL, type, NULL, true}
#define TWO(bytes, at, more, type)   {bytes, sizeof(bytes) - 1, sizeof(more) - 1, at, more, type, NULL, false}
#define ASK(bytes, refine)           {bytes, sizeof(bytes) - 1, 0, 0, NULL, NULL, refine, false}
#define WEAKASK(bytes, refine)       {bytes, sizeof(bytes) - 1, 0, 0, NULL, NULL, refine, true}

/* clang-format on */

static const char *bzip2(const uint8_t *p, size_t n)
{
    return n >= 10 && p[3] >= '1' && p[3] <= '9' &&
                   (memcmp(p + 4, "1AY&SY", 6) == 0 ||
                    memcmp(p + 4, "\x17\x72\x45\x38\x50\x90", 6) == 0)
               ? "application/x-bzip2"
               : NULL;
}

/* LZMA alone has no signature: properties 5D, a dictionary of a usual size, and a
 * size that is unknown or below a terabyte. */
static const char *lzma(const uint8_t *p, size_t n)
{
    uint32_t dict = detect_u32(p, n, 1);
    bool is_size = n >= 14 && ((detect_u32(p, n, 5) == UINT32_MAX &&
                                detect_u32(p, n, 9) == UINT32_MAX) ||
                               detect_u32(p, n, 9) < 256);
    bool is_dict =
        dict >= 4096 && ((dict & (dict - 1)) == 0 ||
                         (dict & (dict - 1)) == (dict & (~dict + 1) << 1));
    return is_size && is_dict && p[13] == 0 ? "application/x-lzma" : NULL;
}

static const char *ar(const uint8_t *p, size_t n)
{
    return n >= 22 && memcmp(p + 8, "debian-binary", 13) == 0
               ? "application/vnd.debian.binary-package"
               : "application/x-archive";
}

/* The main header: a plausible size behind the signature. */
static const char *arj(const uint8_t *p, size_t n)
{
    uint32_t size = detect_u16(p, n, 2);
    return n >= 12 && size >= 30 && size <= 2600 && p[4] >= 30 && p[10] == 2
               ? "application/x-arj"
               : NULL;
}

static const char *riff(const uint8_t *p, size_t n)
{
    static const struct {
        char form[5];
        const char *type;
    } forms[] = {
        {"WAVE", "audio/x-wav"},      {"AVI ", "video/x-msvideo"},
        {"WEBP", "image/webp"},       {"ACON", "application/x-navi-animation"},
        {"CDR", "image/x-coreldraw"},
    };

    for (size_t i = 0; n >= 12 && i < G_N_ELEMENTS(forms); i++)
        if (memcmp(p + 8, forms[i].form, strlen(forms[i].form)) == 0)
            return forms[i].type;
    return n >= 12 ? "application/x-riff" : NULL;
}

static const char *bmp(const uint8_t *p, size_t n)
{
    uint32_t dib = detect_u32(p, n, 14);
    return dib >= 12 && dib <= 124 && detect_u32(p, n, 6) == 0 ? "image/bmp"
                                                               : NULL;
}

static const char *icon(const uint8_t *p, size_t n)
{
    uint32_t count = detect_u16(p, n, 4);
    return n >= 22 && count > 0 && count < 256 && p[9] == 0
               ? "image/vnd.microsoft.icon"
               : NULL;
}

static const char *mp3_frame(const uint8_t *p, size_t n)
{
    /* Version, layer, bit rate and sample rate must not be the reserved ones. */
    return n >= 4 && (p[1] & 0x06) != 0 && (p[1] & 0x18) != 0x08 &&
                   (p[2] & 0xf0) != 0xf0 && (p[2] & 0xf0) != 0 &&
                   (p[2] & 0x0c) != 0x0c
               ? "audio/mpeg"
               : NULL;
}

static const char *swf(const uint8_t *p, size_t n)
{
    return n >= 8 && p[3] > 0 && p[3] < 64 ? "application/x-shockwave-flash"
                                           : NULL;
}

static const char *pkcs7(const uint8_t *p, size_t n)
{
    static const char oid[] = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07";
    size_t head = MIN(n, 24);
    return memmem(p, head, oid, sizeof oid - 1) != NULL
               ? "application/pkcs7-mime"
               : NULL;
}

static const char *truetype(const uint8_t *p, size_t n)
{
    return n >= 12 && p[4] == 0 && p[5] > 0 && p[5] < 64 ? "font/ttf" : NULL;
}

/* Ordered by first byte; within one, the longer first. */
static const struct signature signatures[] = {
    TWO("\x00\x00\x00", 4, "ftyp", "video/mp4"),
    SIG("\x00\x00\x00\x0cjP  \r\n\x87\n", "image/jp2"),
    SIG("\x00\x00\x00\x0cJXL \r\n\x87\n", "image/jxl"),
    SIG("\x00\x00\x01\xba", "video/mpeg"),
    SIG("\x00\x00\x01\xb3", "video/mpeg"),
    ASK("\x00\x00\x01\x00", icon),
    ASK("\x00\x00\x02\x00", icon),
    SIG("\x00\x01\x00\x00Standard Jet DB", "application/x-msaccess"),
    SIG("\x00\x01\x00\x00Standard ACE DB", "application/x-msaccess"),
    ASK("\x00\x01\x00\x00", truetype),
    SIG("\x00\x05\x16\x00", "application/applefile"),
    SIG("\x00\x05\x16\x07", "multipart/appledouble"),
    SIG("\x00\x61sm", "application/wasm"),
    TWO("\x01\x00\x00\x00", 40, " EMF", "image/emf"),
    SIG("\x02\x21\x4c\x18", "application/x-lz4"),
    SIG("\x04\x22\x4d\x18", "application/x-lz4"),
    SIG("\x1a\x45\xdf\xa3", "video/x-matroska"),
    SIG("\x1e\xb5\x2f\xfd", "application/zstd"),
    SIG("\x1f\x1e", "application/x-pack"),
    SIG("\x1f\x8b", "application/gzip"),
    SIG("\x1f\x9d", "application/x-compress"),
    SIG("\x1f\xa0", "application/x-compress-h"),
    SIG("!<arch>\n__.SYMDEF", "application/x-archive"),
    ASK("!<arch>\n", ar),
    WEAK("!BDN", "application/vnd.ms-outlook-pst"),
    SIG("\x22\xb5\x2f\xfd", "application/zstd"),
    SIG("#!AMR", "audio/amr"),
    SIG("\x23\xb5\x2f\xfd", "application/zstd"),
    SIG("\x24\xb5\x2f\xfd", "application/zstd"),
    SIG("%!PS", "application/postscript"),
    SIG("%PDF-", "application/pdf"),
    SIG("\x25\xb5\x2f\xfd", "application/zstd"),
    SIG("\x26\xb5\x2f\xfd", "application/zstd"),
    SIG("\x27\xb5\x2f\xfd", "application/zstd"),
    SIG("(This file must be converted with BinHex", "application/mac-binhex40"),
    SIG("\x28\xb5\x2f\xfd", "application/zstd"),
    WEAK(".snd", "audio/basic"),
    ASK("0\x80\x06\x09", pkcs7),
    ASK("0\x82", pkcs7),
    ASK("0\x83", pkcs7),
    ASK("0\x84", pkcs7),
    ASK("0\x81", pkcs7),
    SIG("0&\xb2u\x8e\x66\xcf\x11", "video/x-ms-asf"),
    WEAK("070701", "application/x-cpio"),
    WEAK("070702", "application/x-cpio"),
    WEAK("070707", "application/x-cpio"),
    SIG("1\xbe\x00\x00", "application/x-mswrite"),
    SIG("7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    SIG("7\xa4\x30\xec", "application/x-zstd-dictionary"),
    WEAK("8BPS", "image/vnd.adobe.photoshop"),
    SIG("?_\x03\x00", "application/winhelp"),
    WEAK("AC10", "image/vnd.dwg"),
    WEAK("ALZ\x01", "application/x-alz-compressed"),
    WEAK("AT&TFORM", "image/vnd.djvu"),
    ASK("BZh", bzip2),
    WEAKASK("BM", bmp),
    WEAKASK("CWS", swf),
    SIG("DSD \x1c", "audio/x-dsf"),
    WEAK("EGGA", "application/x-egg"),
    SIG("E=\xcd\x28", "application/x-cramfs"),
    TWO("FORM", 8, "AIFF", "audio/x-aiff"),
    TWO("FORM", 8, "AIFC", "audio/x-aiff"),
    TWO("FRM8", 12, "DSD ", "audio/x-dff"),
    SIG("FLV\x01", "video/x-flv"),
    WEAKASK("FWS", swf),
    SIG("GIF87a", "image/gif"),
    SIG("GIF89a", "image/gif"),
    WEAK("ID3", "audio/mpeg"),
    SIG("II*\x00", "image/tiff"),
    SIG("II+\x00", "image/tiff"),
    WEAK("ISc(", "application/x-installshield"),
    WEAK("ITSF", "application/vnd.ms-htmlhelp"),
    SIG("KDMV\x01", "application/x-vmdk"),
    SIG("KDMV\x02", "application/x-vmdk"),
    SIG("KDMV\x03", "application/x-vmdk"),
    WEAK("LRZI", "application/x-lrzip"),
    WEAK("LZIP", "application/x-lzip"),
    SIG("L\x00\x00\x00\x01\x14\x02\x00", "application/x-ms-shortcut"),
    SIG("MM\x00*", "image/tiff"),
    SIG("MM\x00+", "image/tiff"),
    SIG("MSCF\x00\x00\x00\x00", "application/vnd.ms-cab-compressed"),
    SIG("MSWIM\x00\x00\x00", "application/x-ms-wim"),
    SIG("MThd\x00\x00", "audio/midi"),
    WEAKASK("MZ", detect_mz),
    SIG("OTTO\x00", "font/otf"),
    SIG("OggS\x00", "application/ogg"),
    ASK("PK\x03\x04", detect_zip),
    SIG("PK\x05\x06", "application/zip"),
    SIG("PK\x07\x08PK\x03\x04", "application/zip"),
    ASK("PK00PK\x03\x04", detect_zip),
    SIG("QFI\xfb", "application/x-qemu-disk"),
    SIG("Rar!\x1a\x07", "application/vnd.rar"),
    WEAK("RE~^", "application/vnd.rar"),
    WEAKASK("RIFF", riff),
    WEAK("SIT!", "application/x-stuffit"),
    SIG("SQLite format 3\x00", "application/vnd.sqlite3"),
    WEAK("StuffIt (c)1997", "application/x-stuffit"),
    ASK("\x5d\x00\x00", lzma),
    ASK("`\xea", arj),
    WEAK("conectix", "application/x-virtualbox-vhd"),
    SIG("dex\n0", "application/vnd.android.dex"),
    WEAK("fLaC", "audio/flac"),
    WEAK("gimp xcf", "image/x-xcf"),
    WEAK("hsqs", "application/x-squashfs"),
    SIG("qres\x00", "application/octet-stream"),
    WEAK("vhdxfile", "application/x-vhdx"),
    WEAK("wOF2", "font/woff2"),
    WEAK("wOFF", "font/woff"),
    SIG("x\x9f\x3e\x22", "application/ms-tnef"),
    WEAK("xar!", "application/x-xar"),
    SIG("{\\rt", "text/rtf"), /* Word reads it without the f */
    ASK("\x7f"
        "ELF",
        detect_elf),
    SIG("\x89LZO\x00\r\n\x1a\n", "application/x-lzop"),
    SIG("\x89PNG\r\n\x1a\n", "image/png"),
    SIG("\xc7\x71", "application/x-cpio"),
    ASK("\xca\xfe\xba\xbe", detect_cafebabe),
    SIG("\xca\xfe\xd0\x0d", "application/x-java-pack200"),
    SIG("\xce\xfa\xed\xfe", "application/x-mach-binary"),
    SIG("\xcf\xfa\xed\xfe", "application/x-mach-binary"),
    ASK("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", detect_ole),
    SIG("\xd7\xcd\xc6\x9a", "image/wmf"),
    SIG("\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d", "application/onenote"),
    SIG("\xed\xab\xee\xdb", "application/x-rpm"),
    SIG("\xf7\x02", "application/x-dvi"),
    SIG("\xfd"
        "7zXZ\x00",
        "application/x-xz"),
    SIG("\xfe\xed\xfa\xce", "application/x-mach-binary"),
    SIG("\xfe\xed\xfa\xcf", "application/x-mach-binary"),
    SIG("\xff\xd8\xff", "image/jpeg"),
    SIG("\xffWPC", "application/vnd.wordperfect"),
    ASK("\xff\xe2", mp3_frame),
    ASK("\xff\xe3", mp3_frame),
    ASK("\xff\xf2", mp3_frame),
    ASK("\xff\xf3", mp3_frame),
    ASK("\xff\xfa", mp3_frame),
    ASK("\xff\xfb", mp3_frame),
};

static bool fits(const struct signature *s, const uint8_t *p, size_t n)
{
    return n >= s->bytes_n && memcmp(p, s->bytes, s->bytes_n) == 0 &&
           (s->more_n == 0 ||
            (n >= (size_t)s->more_at + s->more_n &&
             memcmp(p + s->more_at, s->more, s->more_n) == 0));
}

/* first[c] is where the signatures that begin with c start. */
static uint16_t first[257];

static void make_index(void)
{
    unsigned i = 0;
    for (unsigned c = 0; c <= 256; c++) {
        while (i < G_N_ELEMENTS(signatures) &&
               (uint8_t)signatures[i].bytes[0] < c)
            i++;
        first[c] = (uint16_t)i;
    }
}

const char *detect_table(const uint8_t *p, size_t n, bool is_text)
{
    static once_flag once = ONCE_FLAG_INIT;
    call_once(&once, make_index);
    for (unsigned i = first[p[0]]; i < first[p[0] + 1u]; i++) {
        const struct signature *s = &signatures[i];
        if ((s->is_weak && is_text) || !fits(s, p, n))
            continue;
        const char *type = s->refine == NULL ? s->type : s->refine(p, n);
        if (type != NULL)
            return strcmp(type, "video/mp4") == 0 ? detect_ftyp(p, n) : type;
    }
    return is_text ? NULL : detect_place(p, n);
}
